package dev.millrace.fdl;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Lines of YAML, written so that any reader of YAML 1.1 or 1.2 finds the same texts in them. */
final class YamlText {
  private static final Pattern PLAIN =
      Pattern.compile("[A-Za-z_.][A-Za-z0-9_./@+-]*(:[A-Za-z0-9_./@+-]+)*");
  private static final Pattern NUMBER = Pattern.compile("[.+-]?[0-9_.]+([eE][+-]?[0-9]+)?");
  private static final Set<String> WORDS =
      Set.of("", "~", "null", "true", "false", "yes", "no", "on", "off", "y", "n", ".nan", ".inf");

  /**
   * Longer texts are quoted unseen: a pattern that repeats a group goes as deep as its text is
   * long.
   */
  private static final int PLAIN_MAX = 500;

  private static final int WIDTH = 80;

  private final StringBuilder out = new StringBuilder();

  /** A line as it is. */
  YamlText line(String line) {
    out.append(line).append('\n');
    return this;
  }

  /** A comment, broken at spaces; what would end it, or move a terminal, is written out. */
  YamlText comment(int indent, String text) {
    StringBuilder line = new StringBuilder();
    for (String word : Finding.printable(text, 1_000).split(" ", -1)) {
      if (!line.isEmpty() && indent + 3 + line.length() + word.length() > WIDTH) {
        line(" ".repeat(indent) + "# " + line);
        line = new StringBuilder("   ");
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    return line(" ".repeat(indent) + "# " + line);
  }

  /** A key and a word that is safe as it is. */
  YamlText word(int indent, String key, String word, @Nullable String comment) {
    return line(" ".repeat(indent) + key + ": " + word + (comment == null ? "" : "  # " + comment));
  }

  /** A key, quoted where it must be, and a text. */
  YamlText text(int indent, String key, String text) {
    return line(" ".repeat(indent) + scalar(key) + ": " + scalar(text));
  }

  /** A key and a text of several lines: as a block where a block can hold it. */
  YamlText block(int indent, String key, String text) {
    if (!fitsBlock(text)) {
      return text(indent, key, text);
    }
    boolean ended = text.endsWith("\n");
    line(" ".repeat(indent) + key + ": |" + (ended ? "" : "-"));
    text.lines().forEach(line -> line(line.isEmpty() ? "" : " ".repeat(indent + 2) + line));
    return this;
  }

  /** A text, quoted unless every reader takes it for a text without quotes. */
  static String scalar(String text) {
    boolean plain =
        text.length() <= PLAIN_MAX
            && PLAIN.matcher(text).matches()
            && !NUMBER.matcher(text).matches()
            && !WORDS.contains(text.toLowerCase(Locale.ROOT));
    return plain ? text : quoted(text);
  }

  private static boolean fitsBlock(String text) {
    boolean calm = text.chars().allMatch(c -> c == '\n' || c == '\t' || (c >= ' ' && c < 0x7f));
    boolean framed = !text.isEmpty() && " \t\n".indexOf(text.charAt(0)) < 0;
    return calm && framed && !text.endsWith("\n\n");
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    text.codePoints().forEach(c -> quoted.append(escaped(c)));
    return quoted.append('"').toString();
  }

  private static String escaped(int point) {
    return switch (point) {
      case '"' -> "\\\"";
      case '\\' -> "\\\\";
      case '\n' -> "\\n";
      case '\t' -> "\\t";
      default -> {
        boolean letter = point >= ' ' && point < 0x7f || Character.isLetterOrDigit(point);
        yield letter
            ? Character.toString(point)
            : String.format(Locale.ROOT, point < 0x10000 ? "\\u%04x" : "\\U%08x", point);
      }
    };
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
