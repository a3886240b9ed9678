package dev.millrace.orch.journal;

import java.time.Instant;

/**
 * A step of a job.
 *
 * @param what for people, for instance {@code placed on host-1/cpu}
 */
public record TimelineEntry(Instant at, JobState state, int attempt, String what) {}
