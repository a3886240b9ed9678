package dev.millrace.runtime.kept;

import dev.millrace.runtime.runner.RunPlan;
import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.function.Network;
import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.run.SliceGrant;
import dev.millrace.schema.sign.Hex;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * All that could leak from one job to another, or differ between them: what is kept is used again
 * only for a job whose key is the same.
 *
 * @param function with its tenant
 * @param revision of the function
 * @param code digest of image, script and the names of its files
 * @param environment digest of all variables but those of the one job, secrets among them
 * @param devices the shares of devices, by address
 */
public record KeptKey(
    FunctionRef function,
    int revision,
    String code,
    String environment,
    MemoryMib memory,
    int cpuMillis,
    Network network,
    List<SliceGrant> devices) {
  private static final Set<String> OF_ONE_JOB =
      Set.of(
          "INPUT_FILE_PATH",
          "TMP_INPUT_DIR",
          "TMP_OUTPUT_DIR",
          "STORAGE_OBJECT_KEY",
          "EVENT_TIME",
          "EVENT",
          "MILLRACE_JOB_ID",
          "MILLRACE_ATTEMPT",
          "MILLRACE_RUN_ID",
          "MILLRACE_FUNCTION_DIR");

  public KeptKey {
    devices = List.copyOf(devices);
  }

  /** The key of a job. */
  public static KeptKey of(RunPlan plan) {
    return new KeptKey(
        plan.function(),
        plan.keep().revision(),
        digest(plan.code()),
        digest(lasting(plan.variables())),
        plan.limits().memory(),
        plan.limits().cpuMillis(),
        plan.limits().network(),
        plan.slices());
  }

  /** The variables that are the same for all jobs of a function's revision. */
  public static Map<String, String> lasting(Map<String, String> variables) {
    Map<String, String> lasting = new TreeMap<>(variables);
    lasting.keySet().removeAll(OF_ONE_JOB);
    return lasting;
  }

  private static String digest(Object value) {
    MessageDigest digest = Hex.sha256();
    return Hex.of(digest.digest(Json.text(value).getBytes(StandardCharsets.UTF_8)));
  }
}
