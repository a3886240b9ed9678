package dev.millrace.runtime.unit;

import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.run.RunChannel;
import dev.millrace.schema.run.RunChannel.UrlAnswer;
import dev.millrace.schema.run.RunChannel.Want;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Makes an exchange with a store again, each time by a fresh URL, until it ends. */
final class Tries {
  private final RunChannel channel;
  private final Backoff backoff;

  Tries(RunChannel channel, Backoff backoff) {
    this.channel = channel;
    this.backoff = backoff;
  }

  /** One try's answer: an end, or a reason to try again. */
  record Try<T>(Optional<T> end, String reason) {
    static <T> Try<T> again(String reason) {
      return new Try<>(Optional.empty(), reason);
    }

    static <T> Try<T> ended(T end) {
      return new Try<>(Optional.of(end), "");
    }
  }

  /** One exchange. */
  @FunctionalInterface
  interface Exchange<T> {
    Try<T> once(URI url) throws IOException, InterruptedException;
  }

  /** No try was the last: see {@link #getMessage}. */
  static final class Exhausted extends Exception {
    private static final long serialVersionUID = 1L;

    Exhausted(String reason) {
      super(reason);
    }

    String reason() {
      return String.valueOf(getMessage());
    }
  }

  <T> T repeat(RunRef run, Want want, Exchange<T> exchange)
      throws InterruptedException, LeaseLost, Exhausted {
    return repeat(run, want, () -> 0, exchange);
  }

  /**
   * Tries again and again.
   *
   * @param kept how much of the work is done for good: a try that adds to it is no failed one
   */
  <T> T repeat(RunRef run, Want want, LongSupplier kept, Exchange<T> exchange)
      throws InterruptedException, LeaseLost, Exhausted {
    String reason = "";
    for (int failed = 0; failed < backoff.tries(); ) {
      if (failed > 0) {
        backoff.pause(failed);
      }
      long before = kept.getAsLong();
      try {
        Try<T> answer = exchange.once(url(run, want));
        if (answer.end().isPresent()) {
          return answer.end().get();
        }
        reason = answer.reason();
      } catch (IOException e) {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        reason = e.toString();
      }
      failed = kept.getAsLong() > before ? 1 : failed + 1;
    }
    throw new Exhausted(reason);
  }

  private URI url(RunRef run, Want want) throws IOException, LeaseLost {
    return switch (channel.url(run, want)) {
      case UrlAnswer.Granted(URI url) -> url;
      case UrlAnswer.Refused(String reason) -> throw refused("no URL was issued: " + reason);
    };
  }

  /** A run that may not have its own objects any more has lost its lease. */
  static LeaseLost refused(String reason) {
    return new LeaseLost(LeaseKeeper.Standing.STALE, reason);
  }

  /** A URL to clear up by: empty when none is to be had. */
  Optional<URI> urlOnce(RunRef run, Want want) {
    try {
      return channel.url(run, want) instanceof UrlAnswer.Granted(URI url)
          ? Optional.of(url)
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
