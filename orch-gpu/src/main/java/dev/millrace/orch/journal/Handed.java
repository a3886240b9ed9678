package dev.millrace.orch.journal;

import java.time.Duration;
import java.util.Optional;

/** A transition that the journal has, and may have committed. */
public interface Handed {
  /** Blocks until it is durable or refused; fails as {@link Journal#commit} does. */
  Commit await();

  /** The same for a while; empty when nobody knows yet. */
  Optional<Commit> await(Duration patience);
}
