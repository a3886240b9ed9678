package dev.millrace.fdl;

import dev.millrace.schema.function.FunctionSpec;
import java.util.List;

/**
 * What a file says.
 *
 * @param functions of the entries without an error, in the order of the file
 * @param problems all of them, in the order of the file
 * @param given secrets of these functions whose values stand in the file
 */
public record FdlResult(
    List<FunctionSpec> functions, List<Problem> problems, List<GivenSecret> given) {
  public FdlResult {
    functions = List.copyOf(functions);
    problems = List.copyOf(problems);
    given = List.copyOf(given);
  }

  /** What kept entries from becoming functions. */
  public List<Problem> errors() {
    return problems.stream().filter(Problem::isError).toList();
  }

  /** What is not honoured. */
  public List<Problem> warnings() {
    return problems.stream().filter(p -> !p.isError()).toList();
  }
}
