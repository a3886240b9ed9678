package dev.millrace.runtime.unit;

import dev.millrace.runtime.runner.FunctionPaths;
import dev.millrace.schema.fleet.AcceleratorKind;
import dev.millrace.schema.fleet.CdiName;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.object.VersionTag;
import dev.millrace.schema.run.InputRef;
import dev.millrace.schema.run.Order;
import dev.millrace.schema.run.RunGrant;
import dev.millrace.schema.run.SliceGrant;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The environment that a script finds: the function's variables, its secrets, OSCAR's contract and
 * Millrace's own, the later ones winning.
 */
final class ScriptVariables {
  private ScriptVariables() {}

  /**
   * @param inputName of the file in the input folder
   */
  static Map<String, String> of(
      Order order, RunGrant grant, FunctionPaths paths, String inputName) {
    Map<String, String> all = new LinkedHashMap<>(order.function().spec().variables());
    all.putAll(grant.secrets());
    all.put("INPUT_FILE_PATH", paths.input() + "/" + inputName);
    all.put("TMP_INPUT_DIR", paths.input());
    all.put("TMP_OUTPUT_DIR", paths.output());
    all.put("STORAGE_OBJECT_KEY", order.input().name().key());
    all.put("EVENT_TIME", order.input().lastModified().toString());
    all.put("EVENT", event(order.input()));
    all.put("MILLRACE_JOB_ID", order.attempt().job().value());
    all.put("MILLRACE_ATTEMPT", Integer.toString(order.attempt().number()));
    all.put("MILLRACE_RUN_ID", grant.run().run().value());
    all.put("MILLRACE_FUNCTION", order.function().ref().name().value());
    all.put("MILLRACE_FUNCTION_DIR", paths.function());
    putDevices(all, order.slices());
    return all;
  }

  private static void putDevices(Map<String, String> all, List<SliceGrant> slices) {
    all.put("MILLRACE_DEVICES", addresses(slices));
    List<SliceGrant> gpus =
        slices.stream().filter(slice -> slice.kind() == AcceleratorKind.GPU).toList();
    if (gpus.stream().anyMatch(slice -> CdiName.matches(slice.address()))) {
      // What a container gets by such a name is all that it sees; CUDA does not know the name.
      return;
    }
    // Without a slice of one, a GPU that the host has is not seen.
    all.put("NVIDIA_VISIBLE_DEVICES", gpus.isEmpty() ? "void" : addresses(gpus));
    all.put("CUDA_VISIBLE_DEVICES", addresses(gpus));
  }

  private static String addresses(List<SliceGrant> slices) {
    return slices.stream().map(SliceGrant::address).collect(Collectors.joining(","));
  }

  /** One record in the shape of S3's notifications; the key is form-encoded there. */
  private static String event(InputRef input) {
    Map<String, Object> object = new LinkedHashMap<>();
    object.put("key", URLEncoder.encode(input.name().key(), StandardCharsets.UTF_8));
    object.put("size", input.size());
    object.put("eTag", input.eTag());
    if (input.version() instanceof VersionTag.VersionId(String id)) {
      object.put("versionId", id);
    }
    String bucket = input.name().bucket();
    Map<String, Object> s3 = new LinkedHashMap<>();
    s3.put("s3SchemaVersion", "1.0");
    s3.put("bucket", Map.of("name", bucket, "arn", "arn:aws:s3:::" + bucket));
    s3.put("object", object);
    Map<String, Object> record = new LinkedHashMap<>();
    record.put("eventVersion", "2.1");
    record.put("eventSource", "aws:s3");
    record.put("awsRegion", "us-east-1");
    record.put("eventTime", input.lastModified().toString());
    record.put("eventName", "ObjectCreated:Put");
    record.put("s3", s3);
    return Json.text(Map.of("Records", List.of(record)));
  }
}
