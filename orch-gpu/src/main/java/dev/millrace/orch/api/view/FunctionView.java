package dev.millrace.orch.api.view;

import dev.millrace.schema.function.DeployedFunction;
import dev.millrace.schema.function.FunctionSpec;
import dev.millrace.schema.function.InputRule;
import dev.millrace.schema.function.OutputRule;
import dev.millrace.schema.function.Price;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A deployed function. Its script and the values of its variables and secrets are not told.
 *
 * @param origin the FDL list that it came from
 * @param accelerator kind of device
 * @param price of a MiB-second, null when it costs nothing
 * @param secrets that its runs get, by variable
 * @param trust pools, and single providers as {@code pool/provider}, that are given them beside
 *     those in the coordinator's own process
 */
public record FunctionView(
    String name,
    int revision,
    String origin,
    Instant deployedAt,
    String runner,
    @Nullable String image,
    long memoryMib,
    int cpuMillis,
    String accelerator,
    Duration timeout,
    int attempts,
    int priority,
    List<Rule> inputs,
    List<Rule> outputs,
    List<String> files,
    EntryView.@Nullable Billed price,
    List<Wanted> secrets,
    List<String> trust) {
  public FunctionView {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    files = List.copyOf(files);
    secrets = List.copyOf(secrets);
    trust = List.copyOf(trust);
  }

  /**
   * As the API writes it.
   *
   * @param set whether there is a secret of this name
   */
  public static FunctionView of(DeployedFunction function, Predicate<String> set) {
    FunctionSpec spec = function.spec();
    Price price = spec.price();
    return new FunctionView(
        function.ref().name().value(),
        function.revision(),
        spec.origin(),
        function.deployedAt(),
        spec.rules().runner().name().toLowerCase(Locale.ROOT),
        spec.code().image(),
        spec.resources().memory().value(),
        spec.resources().cpuMillis(),
        spec.resources().accelerator().kind().name().toLowerCase(Locale.ROOT),
        spec.rules().timeout(),
        spec.rules().retry().attempts(),
        spec.rules().priority(),
        spec.inputs().stream().map(Rule::of).toList(),
        spec.outputs().stream().map(Rule::of).toList(),
        function.files().stream().map(f -> f.name()).toList(),
        price == null ? null : billed(price),
        spec.secrets().entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(each -> new Wanted(each.getKey(), each.getValue(), set.test(each.getValue())))
            .toList(),
        spec.trust());
  }

  private static EntryView.Billed billed(Price price) {
    return new EntryView.Billed(
        Long.toString(price.perMibSecond().nanos()), price.perMibSecond().currency());
  }

  /**
   * A secret that a function wants.
   *
   * @param variable that its runs find it in
   * @param set false where jobs wait until there is one
   */
  public record Wanted(String variable, String name, boolean set) {
    /** As people write it. */
    public String said() {
      return variable + " from " + name;
    }
  }

  /** Where files come from or go to. */
  public record Rule(
      String store, String bucket, String folder, List<String> prefixes, List<String> suffixes) {
    static Rule of(InputRule rule) {
      return new Rule(
          rule.store().value(), rule.bucket(), rule.folder(), rule.prefixes(), rule.suffixes());
    }

    static Rule of(OutputRule rule) {
      return new Rule(
          rule.store().value(), rule.bucket(), rule.folder(), rule.prefixes(), rule.suffixes());
    }

    /** As people write it. */
    public String uri() {
      return "s3://" + bucket + "/" + (folder.isEmpty() ? "" : folder + "/");
    }
  }
}
