package dev.millrace.orch.api;

import dev.millrace.schema.sign.Hex;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Names requests, so that an answer is found again in the log. Safe for many threads. */
final class RequestIds {
  /** What it travels in, both ways. */
  static final String HEADER = "X-Request-Id";

  private static final Pattern TAKEN = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final int BYTES = 8;

  private final RandomGenerator random;

  RequestIds(RandomGenerator random) {
    this.random = random;
  }

  /** The name that the client gave, where it is a plain one; a fresh one otherwise. */
  String of(@Nullable String presented) {
    if (presented != null && TAKEN.matcher(presented).matches()) {
      return presented;
    }
    byte[] fresh = new byte[BYTES];
    synchronized (random) {
      random.nextBytes(fresh);
    }
    return Hex.of(fresh);
  }
}
