package dev.millrace.schema.id;

import java.util.Objects;

/**
 * A run, with the token that proves that its attempt's lease is the current one.
 *
 * @param token fencing token of the lease, 1 or more; a larger token is a later lease
 */
public record RunRef(AttemptId attempt, RunId run, long token) {
  public RunRef {
    Objects.requireNonNull(attempt, "attempt");
    Objects.requireNonNull(run, "run");
    if (token < 1) {
      throw new IllegalArgumentException("fencing token must be 1 or more: " + token);
    }
  }
}
