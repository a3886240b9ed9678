package dev.millrace.orch.journal;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One of {@link Passing}.
 *
 * @param number grows from row to row
 * @param began rows of larger numbers did not begin much before
 * @param over when it was over; null while it is not
 */
public record PassingRow(long number, Instant began, @Nullable Instant over) {}
