package dev.millrace.schema.id;

import java.time.InstantSource;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Makes ULIDs (github.com/ulid/spec): 48 bits of milliseconds, 80 random bits, in lower-case
 * Crockford base 32. Thread-safe when the generator is.
 */
public final class Ulids implements Supplier<String> {
  private static final char[] ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz".toCharArray();

  private final InstantSource clock;
  private final RandomGenerator random;

  public Ulids(InstantSource clock, RandomGenerator random) {
    this.clock = clock;
    this.random = random;
  }

  @Override
  public String get() {
    char[] text = new char[26];
    long millis = clock.millis();
    for (int i = 9; i >= 0; i--) {
      text[i] = ALPHABET[(int) (millis & 31)];
      millis >>>= 5;
    }
    for (int i = 10; i < 26; i++) {
      text[i] = ALPHABET[random.nextInt(32)];
    }
    return new String(text);
  }

  /** A new job's id. */
  public JobId job() {
    return new JobId(get());
  }

  /** A new run's id. */
  public RunId run() {
    return new RunId(get());
  }
}
