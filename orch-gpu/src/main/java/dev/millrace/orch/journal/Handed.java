package dev.millrace.orch.journal;

/** A transition that the journal has, and may have committed. */
@FunctionalInterface
public interface Handed {
  /** Blocks until it is durable or refused; fails as {@link Journal#commit} does. */
  Commit await();
}
