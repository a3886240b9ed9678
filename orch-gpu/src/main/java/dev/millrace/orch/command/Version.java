package dev.millrace.orch.command;

import java.util.Objects;

/** The version of this program. */
public final class Version {
  private Version() {}

  /** As its archive states it; {@code dev} when it does not run from one. */
  public static String current() {
    return Objects.requireNonNullElse(Version.class.getPackage().getImplementationVersion(), "dev");
  }
}
