package dev.millrace.runtime.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What turns a forked shell into a function: its folder, its environment, and last the program that
 * takes the shell's place. It never touches the disk, since it may hold secrets.
 */
final class StartText {
  private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  /** Names that mean something to a shell itself: they reach the function by another program. */
  private static final List<String> SHELLS_OWN =
      List.of("IFS", "LINENO", "OPTIND", "PPID", "PS1", "PS2", "PS4", "ENV");

  /** Linux takes no longer word (MAX_ARG_STRLEN), its zero included. */
  private static final int WORD_BYTES_MAX = 128 << 10;

  /** And no more in all, with the usual stack of 8 MiB: a quarter of that (execve(2)). */
  private static final int ALL_BYTES_MAX = (2 << 20) - (64 << 10);

  private StartText() {}

  /**
   * The shell's text.
   *
   * @param env the program that sets variables which a shell cannot
   * @throws IOException when the system would not take so much
   * @throws IllegalArgumentException when a variable can be in no environment
   */
  static String of(Path folder, Map<String, String> variables, List<String> program, String env)
      throws IOException {
    check(variables);
    StringBuilder text = new StringBuilder("cd ");
    text.append(Spawner.quoted(folder.toString())).append(" || exit 126\nunset OLDPWD\n");
    StringBuilder others = new StringBuilder();
    new TreeMap<>(variables)
        .forEach((name, value) -> {
          if (PLAIN_NAME.matcher(name).matches() && !SHELLS_OWN.contains(name)) {
            text.append("export ").append(name).append('=').append(Spawner.quoted(value));
            text.append('\n');
          } else {
            others.append(' ').append(Spawner.quoted(name + "=" + value));
          }
        });
    text.append("exec");
    if (!others.isEmpty()) {
      text.append(' ').append(env).append(others);
    }
    program.forEach(word -> text.append(' ').append(Spawner.quoted(word)));
    return text.toString();
  }

  private static void check(Map<String, String> variables) throws IOException {
    long all = 0;
    for (Map.Entry<String, String> each : variables.entrySet()) {
      String word = each.getKey() + "=" + each.getValue();
      if (each.getKey().isEmpty() || each.getKey().indexOf('=') >= 0 || word.indexOf('\0') >= 0) {
        throw new IllegalArgumentException(
            "a variable's name is empty or holds '=', or it holds a NUL: " + each.getKey());
      }
      int bytes = word.getBytes(StandardCharsets.UTF_8).length + 1;
      all += bytes + Long.BYTES;
      if (bytes > WORD_BYTES_MAX || all > ALL_BYTES_MAX) {
        throw new IOException("Argument list too long: the variable " + each.getKey());
      }
    }
  }
}
