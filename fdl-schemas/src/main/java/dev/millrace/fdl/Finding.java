package dev.millrace.fdl;

import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong.
 *
 * @param what in words, without the value
 * @param found the value, shortened and printable; null when it says nothing or is a credential
 * @param allowed what may stand there; null when that is not one short phrase
 * @param nearest the known word that is closest to the one found; null when none is close
 */
public record Finding(
    String what, @Nullable String found, @Nullable String allowed, @Nullable String nearest) {
  private static final int SHOWN = 60;

  /** For readers of YAML 1.1 a line, and with it a comment, ends at the separators. */
  private static final Set<Integer> HIDDEN =
      Set.of(
          (int) Character.FORMAT,
          (int) Character.LINE_SEPARATOR,
          (int) Character.PARAGRAPH_SEPARATOR,
          (int) Character.SURROGATE);

  static Finding of(String what) {
    return new Finding(what, null, null, null);
  }

  static Finding of(String what, String found, String allowed) {
    return new Finding(what, printable(found), allowed, null);
  }

  Finding near(Optional<String> word) {
    return new Finding(what, found, allowed, word.orElse(null));
  }

  /** The text on one line, shortened, with what a terminal would obey written out. */
  static String printable(String text) {
    return printable(text, SHOWN);
  }

  static String printable(String text, int shown) {
    StringBuilder out = new StringBuilder();
    text.codePoints()
        .limit(shown)
        .forEach(c -> {
          boolean hidden = Character.isISOControl(c) || HIDDEN.contains(Character.getType(c));
          out.append(hidden ? String.format("\\u%04x", c) : Character.toString(c));
        });
    return text.codePointCount(0, text.length()) <= shown ? out.toString() : out + "...";
  }

  @Override
  public String toString() {
    return what
        + (found == null ? "" : "; found '" + found + "'")
        + (allowed == null ? "" : "; allowed: " + allowed)
        + (nearest == null ? "" : "; did you mean '" + nearest + "'?");
  }
}
