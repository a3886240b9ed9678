package dev.millrace.schema.id;

import java.util.BitSet;

/**
 * The shapes that names may have; each is safe as a path segment, a header value and a label.
 * Checked for each name of each row that is read, so that a shape is tables and not a pattern.
 */
final class Names {
  private static final String LOWER = "0123456789abcdefghijklmnopqrstuvwxyz";
  private static final String ALL = LOWER + "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

  static final Shape LABEL =
      Shape.of("[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?", 1, 63).first(LOWER).then("._-").last(LOWER);
  static final Shape FUNCTION =
      Shape.of("[A-Za-z0-9]([A-Za-z0-9._-]{0,126}[A-Za-z0-9])?", 1, 128)
          .first(ALL)
          .then("._-")
          .last(ALL);
  static final Shape ULID =
      Shape.of("[0-9a-hjkmnp-tv-z]{26}", 26, 26).first(LOWER.replaceAll("[ilou]", ""));
  static final Shape DEVICE =
      Shape.of("[A-Za-z0-9][A-Za-z0-9._:/-]{0,254}", 1, 255).first(ALL).then("._:/-");

  private Names() {}

  /**
   * How a name is made.
   *
   * @param pattern the same as a regular expression, for people
   * @param first what it may begin with
   * @param inner what may follow
   * @param last what it may end with
   */
  record Shape(String pattern, int min, int max, BitSet first, BitSet inner, BitSet last) {
    private static Shape of(String pattern, int min, int max) {
      return new Shape(pattern, min, max, new BitSet(), new BitSet(), new BitSet());
    }

    private static BitSet set(String characters) {
      BitSet set = new BitSet();
      characters.chars().forEach(set::set);
      return set;
    }

    /** These at the beginning, and anywhere else. */
    private Shape first(String characters) {
      return new Shape(pattern, min, max, set(characters), set(characters), set(characters));
    }

    /** These too, behind the beginning. */
    private Shape then(String more) {
      BitSet wider = set(more);
      wider.or(first);
      return new Shape(pattern, min, max, first, wider, wider);
    }

    /** Only these at the end. */
    private Shape last(String characters) {
      return new Shape(pattern, min, max, first, inner, set(characters));
    }

    boolean fits(String value) {
      int length = value.length();
      if (length < min || length > max) {
        return false;
      }
      for (int i = 1; i < length - 1; i++) {
        if (!inner.get(value.charAt(i))) {
          return false;
        }
      }
      return first.get(value.charAt(0)) && (length == 1 || last.get(value.charAt(length - 1)));
    }
  }

  static void require(String what, String value, Shape shape) {
    if (!shape.fits(value)) {
      throw new IllegalArgumentException(
          what + " must match " + shape.pattern() + ", found: '" + shortened(value) + "'");
    }
  }

  private static String shortened(String value) {
    return value.length() <= 80 ? value : value.substring(0, 80) + "...";
  }
}
