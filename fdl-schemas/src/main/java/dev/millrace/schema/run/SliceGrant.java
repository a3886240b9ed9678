package dev.millrace.schema.run;

import dev.millrace.schema.fleet.AcceleratorKind;
import dev.millrace.schema.fleet.Enforcement;
import dev.millrace.schema.fleet.Slice;

/**
 * A slice with what the run needs to know of its device.
 *
 * @param address for instance the GPU's UUID
 */
public record SliceGrant(
    Slice slice,
    AcceleratorKind kind,
    String address,
    Enforcement enforcement,
    boolean simulated) {}
