package dev.millrace.orch.journal.sql;

import java.time.Duration;
import java.time.Instant;

/** Time as the tables keep it: whole microseconds, finer parts are cut. */
final class Micros {
  private static final long SECOND = 1_000_000;

  private Micros() {}

  /**
   * Microseconds since 1970.
   *
   * @throws ArithmeticException more than 292,000 years from there
   */
  static long of(Instant instant) {
    return Math.addExact(
        Math.multiplyExact(instant.getEpochSecond(), SECOND), instant.getNano() / 1000);
  }

  static long of(Duration duration) {
    return Math.addExact(
        Math.multiplyExact(duration.getSeconds(), SECOND), duration.getNano() / 1000);
  }

  static Instant instant(long micros) {
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, SECOND), Math.floorMod(micros, SECOND) * 1000);
  }

  static Duration duration(long micros) {
    return Duration.ofSeconds(Math.floorDiv(micros, SECOND), Math.floorMod(micros, SECOND) * 1000);
  }
}
