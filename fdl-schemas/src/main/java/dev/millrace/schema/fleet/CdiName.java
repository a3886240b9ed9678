package dev.millrace.schema.fleet;

import java.util.regex.Pattern;

/** Names of the Container Device Interface: {@code vendor/class=device}. */
public final class CdiName {
  private static final Pattern WHOLE =
      Pattern.compile(
          "[A-Za-z][A-Za-z0-9_.-]{0,80}/[A-Za-z0-9][A-Za-z0-9_.-]{0,60}="
              + "[A-Za-z0-9][A-Za-z0-9_.:-]{0,80}");

  private CdiName() {}

  /** Whether that is a device's full name, for instance {@code nvidia.com/gpu=0}. */
  public static boolean matches(String text) {
    return WHOLE.matcher(text).matches();
  }
}
