package dev.millrace.schema.run;

import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.function.Network;
import java.time.Duration;

/**
 * What a run is held to.
 *
 * @param logMaxBytes of the log that is kept
 * @param leaseDuration how long an unrenewed lease lives
 */
public record Limits(
    Duration timeout,
    MemoryMib memory,
    int cpuMillis,
    Network network,
    long logMaxBytes,
    Duration leaseDuration) {}
