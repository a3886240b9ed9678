package dev.millrace.fdl;

import dev.millrace.schema.function.FunctionSpec;
import java.util.List;
import java.util.Map;

/**
 * What a file says.
 *
 * @param functions of the entries without an error, in the order of the file
 * @param problems all of them, in the order of the file
 * @param given secrets of these functions whose values stand in the file
 * @param names of functions, by the paths of their entries
 */
public record FdlResult(
    List<FunctionSpec> functions,
    List<Problem> problems,
    List<GivenSecret> given,
    Map<String, String> names) {
  public FdlResult {
    functions = List.copyOf(functions);
    problems = List.copyOf(problems);
    given = List.copyOf(given);
    names = Map.copyOf(names);
  }

  /** What kept entries from becoming functions. */
  public List<Problem> errors() {
    return problems.stream().filter(Problem::isError).toList();
  }

  /** What is not honoured. */
  public List<Problem> warnings() {
    return problems.stream().filter(p -> !p.isError()).toList();
  }

  /** The name of the function that a problem is of; empty when it is of none that could be read. */
  public String function(Problem problem) {
    return names.entrySet().stream()
        .filter(entry -> isIn(entry.getKey(), problem.path()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse("");
  }

  private static boolean isIn(String entry, String path) {
    return path.startsWith(entry)
        && (path.length() == entry.length() || ".[".indexOf(path.charAt(entry.length())) >= 0);
  }
}
