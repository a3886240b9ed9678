package dev.millrace.fdl;

/**
 * Something in a file that is wrong, or that is not honoured.
 *
 * @param path keys and indexes, for instance {@code functions.millrace[0].timeout}; empty for the
 *     file
 */
public record Problem(Severity severity, Place place, String path, Finding finding) {

  /** Whether it keeps its entry from becoming a function. */
  public boolean isError() {
    return severity == Severity.ERROR;
  }

  /** One line for people: {@code fn.yaml:7:5: error: path: what; found ...; allowed: ...}. */
  @Override
  public String toString() {
    String word = isError() ? "error" : "warning";
    return place + ": " + word + ": " + (path.isEmpty() ? "" : path + ": ") + finding;
  }
}
