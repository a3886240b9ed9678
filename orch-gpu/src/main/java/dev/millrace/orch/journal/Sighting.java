package dev.millrace.orch.journal;

import dev.millrace.schema.object.Notice;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A notice with what admission made of it, for whoever asks what happened to a file.
 *
 * @param outcome for instance {@code admitted as ...}, {@code no function covers this key}; null
 *     while undecided
 */
public record Sighting(Notice notice, @Nullable String outcome, @Nullable Instant decidedAt) {}
