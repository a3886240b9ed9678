package dev.millrace.fdl.yaml;

/** Stops the reading of a text that breaks a limit; never leaves the package. */
final class Refused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Spot spot;

  Refused(Spot spot, String message) {
    super(message, null, false, false);
    this.spot = spot;
  }

  Spot spot() {
    return spot;
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
