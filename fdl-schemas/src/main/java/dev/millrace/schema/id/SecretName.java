package dev.millrace.schema.id;

import java.util.regex.Pattern;

/**
 * What a stored secret is called.
 *
 * @param value 1 to 128 letters, digits, {@code .}, {@code _} and {@code -}, not first one of those
 */
public record SecretName(String value) {
  private static final Pattern SHAPE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

  public SecretName {
    // What was found may be the secret itself: it is not repeated.
    if (!SHAPE.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "the name of a secret has 1 to 128 letters, digits, '.', '_' and '-', and begins with a"
              + " letter or digit");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
