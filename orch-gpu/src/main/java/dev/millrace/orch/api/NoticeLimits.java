package dev.millrace.orch.api;

import java.time.Duration;

/**
 * What one sender of notices may cost.
 *
 * @param maxBytes largest message; S3's own are 64 KiB at most
 * @param bodyTime within which a message must have come whole
 * @param atOnce messages that are taken at once; further ones are asked to come again
 */
public record NoticeLimits(int maxBytes, Duration bodyTime, int atOnce) {
  /** 1 MiB, 10 s, 512 at once. */
  public static final NoticeLimits DEFAULT = new NoticeLimits(1 << 20, Duration.ofSeconds(10), 512);

  public NoticeLimits {
    if (maxBytes < 1 || atOnce < 1 || bodyTime.isNegative() || bodyTime.isZero()) {
      throw new IllegalArgumentException("limits must be more than 0");
    }
  }
}
