package dev.millrace.orch.client;

import java.time.Duration;

/**
 * How long a coordinator is waited for.
 *
 * @param answer until the head of an answer to something small
 * @param work until that of one for which there is much to do: a deployment, the removal of a
 *     function, a round of retention
 * @param idle without a byte in the middle of an answer; an idle stream of events says more often
 *     that it lives
 */
record Limits(Duration answer, Duration work, Duration idle) {
  static final Limits USUAL =
      new Limits(Duration.ofSeconds(60), Duration.ofMinutes(10), Duration.ofSeconds(60));

  /** A file is sent no slower than this. */
  private static final long BYTES_A_SECOND = 128 * 1024;

  /** All alike. */
  static Limits of(Duration one) {
    return new Limits(one, one, one);
  }

  /** Until the head of the answer to a file of so many bytes. */
  Duration sending(long bytes) {
    return work.plusSeconds(bytes / BYTES_A_SECOND);
  }
}
