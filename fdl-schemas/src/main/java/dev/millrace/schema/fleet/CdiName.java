package dev.millrace.schema.fleet;

import java.util.regex.Pattern;

/**
 * A device as container engines know it by the Container Device Interface.
 *
 * @param value {@code vendor/class=device}, for instance {@code nvidia.com/gpu=0}
 */
public record CdiName(String value) {
  private static final Pattern SHAPE =
      Pattern.compile(
          "[A-Za-z][A-Za-z0-9_.-]{0,80}/[A-Za-z0-9][A-Za-z0-9_.-]{0,60}="
              + "[A-Za-z0-9][A-Za-z0-9_.:-]{0,80}");

  public CdiName {
    if (!matches(value)) {
      throw new IllegalArgumentException(
          "'" + value + "' is no CDI name, for instance 'nvidia.com/gpu=0'");
    }
  }

  /** Whether that is a device's full name. */
  public static boolean matches(String text) {
    return SHAPE.matcher(text).matches();
  }

  @Override
  public String toString() {
    return value;
  }
}
