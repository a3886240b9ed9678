package dev.millrace.orch.dispatch;

import dev.millrace.schema.id.ProviderId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Keeps devices from everybody until a moment. A journal that was restored does not know of the
 * runs that began after its backup, and which may still use what it calls free.
 *
 * @param until when the longest of them has ended
 * @param except providers of whose runs none is left
 */
public record Hold(Instant until, Predicate<ProviderId> except, InstantSource clock) {
  /** Keeps nothing. */
  public static Hold none() {
    return new Hold(Instant.MIN, provider -> true, InstantSource.fixed(Instant.MAX));
  }

  /** Until when this provider's devices are kept; empty when they are not. */
  public Optional<Instant> of(ProviderId provider) {
    return clock.instant().isBefore(until) && !except.test(provider)
        ? Optional.of(until)
        : Optional.empty();
  }
}
