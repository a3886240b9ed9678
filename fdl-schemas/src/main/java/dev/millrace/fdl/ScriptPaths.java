package dev.millrace.fdl;

/**
 * Takes every path that a script or file may have, and answers with a text that stands for it: the
 * path behind a NUL, which no script has.
 *
 * @param folder put before each path
 * @param beside where the texts of those scripts are that are there
 */
record ScriptPaths(String folder, ScriptSource beside) implements ScriptSource {
  private static final String MARK = "\0";

  @Override
  public Lookup<String> script(String path) {
    return switch (ShippedPath.plain(path)) {
      case Lookup.Found<String>(String plain) -> new Lookup.Found<>(MARK + folder + plain);
      case Lookup.Missing<String>() -> new Lookup.Missing<>();
      case Lookup.Refused<String>(String reason) -> new Lookup.Refused<>(reason);
    };
  }

  @Override
  public String text(String answer) {
    if (!isPath(answer)) {
      return answer;
    }
    return beside.script(path(answer).substring(folder.length()))
            instanceof Lookup.Found<String>(String text)
        ? text
        : "";
  }

  @Override
  public Lookup<Long> file(String path) {
    return new Lookup.Found<>(0L);
  }

  /** Whether a script's text stands for a path. */
  static boolean isPath(String script) {
    return script.startsWith(MARK);
  }

  /** The path that a script's text stands for. */
  static String path(String script) {
    return script.substring(MARK.length());
  }
}
