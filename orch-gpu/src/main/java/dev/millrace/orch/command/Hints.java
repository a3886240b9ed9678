package dev.millrace.orch.command;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Commands in advice, as whoever reads it can give them: {@code millrace jobs} becomes {@code
 * ./millrace jobs --data here}, where the program was called so.
 *
 * @param program as it was called, quoted for a shell where that is needed
 * @param data what {@code --data} said; empty where the default does
 */
public record Hints(String program, String data) {
  /** The variable with the data folder of all commands that say none. */
  public static final String VARIABLE = "MILLRACE_DATA_FOLDER";

  /** The data folder of commands where nobody says another. */
  static final String DATA = "${env:" + VARIABLE + ":-.millrace}";

  private static final String PLAIN = "millrace";

  /** What they are as they are written. */
  public static final Hints AS_WRITTEN = new Hints(PLAIN, "");

  /** Commands that take no data folder, or one of their own. */
  static final Set<String> WITHOUT_DATA =
      Set.of("demo", "init", "validate", "convert", "completion", "version", "bench", "restore");

  /** Commands whose folder is not that of others. */
  private static final Set<String> OF_THEIR_OWN = Set.of("demo", "restore");

  private static final Pattern COMMAND =
      Pattern.compile(
          "(?<![\\w./-])millrace( (?:token (?:list|revoke)|secret (?:set|list|remove|rekey)"
              + "|ledger (?:list|show|verify|prove|checkpoint|key)|retention run|[a-z]+))(?![\\w-])([^'`;]*)");

  /**
   * Of this process.
   *
   * @param program as the launcher says it was called; empty where it says nothing
   */
  public static Hints of(String program, Map<String, String> environment, String... args) {
    String data = "";
    boolean own = args.length > 0 && OF_THEIR_OWN.contains(args[0]);
    for (int i = 0; i < args.length && !own; i++) {
      if (args[i].equals("--data") && i + 1 < args.length) {
        data = args[i + 1];
      } else if (args[i].startsWith("--data=")) {
        data = args[i].substring("--data=".length());
      }
    }
    Path usual = Path.of(environment.getOrDefault(VARIABLE, ".millrace"));
    boolean same = data.isEmpty() || data.indexOf('\0') >= 0 || Path.of(data).equals(usual);
    return new Hints(program.isEmpty() ? PLAIN : quoted(program), same ? "" : quoted(data));
  }

  /** Text whose commands can be given as they stand. */
  public String in(String text) {
    if (equals(AS_WRITTEN) || !text.contains(PLAIN)) {
      return text;
    }
    Matcher found = COMMAND.matcher(text);
    return found.replaceAll(
        each -> Matcher.quoteReplacement(command(each.group(1), each.group(2))));
  }

  private String command(String words, String rest) {
    String first = words.strip().split(" ", -1)[0];
    if (!COMMANDS.contains(first)) {
      return PLAIN + words + rest;
    }
    boolean bare = data.isEmpty() || WITHOUT_DATA.contains(first) || rest.contains("--data");
    return program + words + (bare ? "" : " --data " + data) + rest;
  }

  /** What follows the program's name in a command; other words are a sentence. */
  static final List<String> COMMANDS =
      List.of(
          "demo",
          "up",
          "store",
          "coordinator",
          "provider",
          "token",
          "secret",
          "deploy",
          "functions",
          "remove",
          "put",
          "get",
          "ls",
          "jobs",
          "job",
          "logs",
          "cancel",
          "redrive",
          "discard",
          "gpus",
          "explain",
          "ledger",
          "webhook",
          "validate",
          "init",
          "doctor",
          "backup",
          "restore",
          "retention",
          "convert",
          "bench",
          "completion",
          "version");

  /** A word as a shell takes it. */
  static String quoted(String path) {
    return path.matches("[A-Za-z0-9_./~-]+") ? path : "'" + path.replace("'", "'\\''") + "'";
  }
}
