package dev.millrace.schema.function;

import dev.millrace.schema.id.FunctionName;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A function, whatever language its entry was written in.
 *
 * @param origin which list of {@code functions} it came from: {@code millrace}, {@code oscar},
 *     {@code aws}
 * @param variables environment of the script
 * @param secrets names of secrets by the variable that each is delivered in
 * @param trust pools, or {@code pool/provider}, that are given the secrets beside the providers of
 *     the coordinator's own process
 * @param price of a MiB-second on the device; null when it costs nothing
 */
public record FunctionSpec(
    FunctionName name,
    String origin,
    Code code,
    Resources resources,
    Rules rules,
    Map<String, String> variables,
    Map<String, String> secrets,
    List<String> trust,
    List<InputRule> inputs,
    List<OutputRule> outputs,
    @Nullable Price price,
    Map<String, String> labels) {
  public FunctionSpec {
    variables = Map.copyOf(variables);
    secrets = Map.copyOf(secrets);
    trust = List.copyOf(trust);
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    labels = Map.copyOf(labels);
  }
}
