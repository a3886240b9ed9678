package dev.millrace.schema.function;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What runs a script: what its first line names ({@code #!/usr/bin/env python3}), otherwise {@code
 * /bin/sh}. The line is read as Linux does (execve(2)): a path, and all that follows as one word.
 * The script's path goes behind these words, so the script needs no execute bit, and its file
 * system may refuse to execute.
 *
 * @param words the program, by an absolute path, and at most one word for it
 */
public record Interpreter(List<String> words) {
  /** What runs a script that names nothing. */
  public static final Interpreter SHELL = new Interpreter(List.of("/bin/sh"));

  /** Shells whose scripts a plain one mostly runs; those of fish or csh it would spoil. */
  public static final List<String> SHELLS = List.of("sh", "bash", "dash", "ash", "ksh", "zsh");

  private static final String MARK = "#!";

  public Interpreter {
    words = List.copyOf(words);
    if (words.isEmpty() || !words.getFirst().startsWith("/")) {
      throw new IllegalArgumentException("an interpreter is an absolute path: " + words);
    }
  }

  /** That of a script's text; a first line that names no absolute path says nothing. */
  public static Interpreter of(String script) {
    String named = named(script);
    if (!named.startsWith("/")) {
      return SHELL;
    }
    String[] parts = named.split("[ \t]+", 2);
    return new Interpreter(List.of(parts));
  }

  /** What follows the mark in the first line; empty when there is none. */
  public static String named(String script) {
    String first = script.lines().findFirst().orElse("");
    return first.startsWith(MARK) ? first.substring(MARK.length()).strip() : "";
  }

  /** Whether it is a shell, as OSCAR's scripts have: where it is missing, /bin/sh will do. */
  public boolean isShell() {
    String program = words.getFirst();
    return SHELLS.contains(program.substring(program.lastIndexOf('/') + 1));
  }

  /** The same words for /bin/sh. */
  public Interpreter byPlainShell() {
    List<String> rest = words.subList(1, words.size());
    return new Interpreter(Stream.concat(SHELL.words.stream(), rest.stream()).toList());
  }

  /** As a shell takes them. */
  public String quoted() {
    return words.stream()
        .map(word -> "'" + word.replace("'", "'\\''") + "'")
        .collect(Collectors.joining(" "));
  }
}
