package dev.millrace.triggers.embedded.names;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Times in the tables: microseconds since 1970. */
final class Microseconds {
  private Microseconds() {}

  static long of(Instant time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }

  static Instant toInstant(long microseconds) {
    return Instant.EPOCH.plus(microseconds, ChronoUnit.MICROS);
  }
}
