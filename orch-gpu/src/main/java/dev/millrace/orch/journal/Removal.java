package dev.millrace.orch.journal;

import java.time.Instant;

/**
 * What retention has taken from a job.
 *
 * @param kept what is left
 * @param at when that was decided
 * @param open some of the rest may still be there
 */
public record Removal(Job job, Kept kept, Instant at, boolean open) {}
