package dev.millrace.runtime.container;

import java.time.Instant;

/**
 * What an engine knows of a container.
 *
 * @param exitCode meaningless before it has exited
 * @param outOfMemory the kernel killed one of its processes for memory, maybe only a child
 * @param error why it did not start; empty otherwise
 * @param startedAt the engine's wall clock, {@link Instant#EPOCH} before
 * @param endedAt the engine's wall clock, {@link Instant#EPOCH} before
 */
public record ContainerState(
    String id,
    Phase phase,
    int exitCode,
    boolean outOfMemory,
    String error,
    Instant startedAt,
    Instant endedAt) {
  /** How far it is. */
  public enum Phase {
    CREATED,
    RUNNING,
    EXITED,
    /** Someone is taking it away. */
    GOING
  }
}
