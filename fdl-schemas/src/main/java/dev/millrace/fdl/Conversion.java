package dev.millrace.fdl;

import java.util.List;

/**
 * What files of OSCAR and SCAR are in Millrace's own words.
 *
 * @param yaml a file of {@code functions.millrace}; empty when anything is an error
 * @param functions how many it has
 * @param problems what could not be carried over, file by file
 */
public record Conversion(String yaml, int functions, List<Problem> problems) {
  public Conversion {
    problems = List.copyOf(problems);
  }

  /** Why nothing was converted. */
  public List<Problem> errors() {
    return problems.stream().filter(Problem::isError).toList();
  }

  /**
   * A file to convert.
   *
   * @param name how problems and comments name it
   * @param scripts what to put before its paths so that they are found from the converted file:
   *     empty for the same folder, else a relative path that ends with a slash
   * @param beside where the scripts are that it names; one that is not there is named all the same
   */
  public record Source(String name, byte[] bytes, String scripts, ScriptSource beside) {}
}
