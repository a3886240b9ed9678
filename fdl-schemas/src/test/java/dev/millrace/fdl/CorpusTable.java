package dev.millrace.fdl;

import java.util.ArrayList;
import java.util.List;

/** The outcome of each file of a corpus for people: name, functions, outcome, messages. */
final class CorpusTable {
  private static final int WIDTH = 118;
  private static final int NAME = 43;
  private static final String LINE = "%-" + NAME + "s %3s  %-7s  %s%n";
  private static final int MESSAGE = WIDTH - NAME - 15;

  private CorpusTable() {}

  /** Rows as the expectation has them: file, functions, errors, warnings, problems. */
  static String of(List<String> rows) {
    StringBuilder table =
        new StringBuilder(String.format(LINE, "file", "fns", "outcome", "messages"));
    table.append("-".repeat(WIDTH)).append(System.lineSeparator());
    for (String row : rows) {
      String[] cells = row.split("\t", -1);
      boolean refused = !cells[2].equals("0");
      boolean warned = !cells[3].equals("0");
      String outcome = refused ? "refused" : warned ? "warned" : "read";
      List<String> lines = new ArrayList<>();
      for (String message : cells[4].split(" \\| ")) {
        lines.addAll(wrapped(message));
      }
      table.append(String.format(LINE, name(cells[0]), cells[1], outcome, lines.getFirst()));
      lines.stream().skip(1).forEach(line -> table.append(String.format(LINE, "", "", "", line)));
    }
    return table.toString();
  }

  /** The project and what tells the file from others, its end kept whole. */
  private static String name(String file) {
    String name = file.replaceFirst("^[a-z]+__([a-z]+)__examples__", "$1/").replace("__", "/");
    return name.length() <= NAME ? name : "..." + name.substring(name.length() - NAME + 3);
  }

  private static List<String> wrapped(String message) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : message.split(" ")) {
      if (!line.isEmpty() && line.length() + 1 + word.length() > MESSAGE) {
        lines.add(line.toString());
        line = new StringBuilder("   ");
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }
}
