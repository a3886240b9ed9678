package dev.millrace.schema.id;

import java.util.regex.Pattern;

/** The shapes that names may have; each is safe as a path segment, a header value and a label. */
final class Names {
  static final Pattern LABEL = Pattern.compile("[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?");
  static final Pattern FUNCTION = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._-]{0,126}[A-Za-z0-9])?");
  static final Pattern ULID = Pattern.compile("[0-9a-hjkmnp-tv-z]{26}");
  static final Pattern DEVICE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/-]{0,254}");

  private Names() {}

  static void require(String what, String value, Pattern shape) {
    if (!shape.matcher(value).matches()) {
      throw new IllegalArgumentException(
          what + " must match " + shape.pattern() + ", found: '" + shortened(value) + "'");
    }
  }

  private static String shortened(String value) {
    return value.length() <= 80 ? value : value.substring(0, 80) + "...";
  }
}
