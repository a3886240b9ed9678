package dev.millrace.orch.api.view;

import java.util.List;

/** What was deployed, with warnings of one line each. */
public record DeployAnswer(List<FunctionView> functions, List<String> warnings) {
  public DeployAnswer {
    functions = List.copyOf(functions);
    warnings = List.copyOf(warnings);
  }
}
