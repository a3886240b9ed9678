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

  /** The same of a function by its name, for where it may be told together with others like it. */
  public Gathering.Item of(String function) {
    String inEntry = path.substring(path.indexOf(']') + 1).replaceFirst("^\\.", "");
    return new Gathering.Item(
        toString(),
        place + ": " + word() + ": ",
        isError() ? "" : function,
        (inEntry.isEmpty() ? "" : inEntry + ": ") + finding);
  }

  private String word() {
    return isError() ? "error" : "warning";
  }

  /** One line for people: {@code fn.yaml:7:5: error: path: what; found ...; allowed: ...}. */
  @Override
  public String toString() {
    return place + ": " + word() + ": " + (path.isEmpty() ? "" : path + ": ") + finding;
  }
}
