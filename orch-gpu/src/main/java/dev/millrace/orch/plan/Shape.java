package dev.millrace.orch.plan;

import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.fleet.AcceleratorKind;
import dev.millrace.schema.fleet.Enforcement;
import java.util.Locale;

/**
 * What a request can tell devices apart by, besides their room.
 *
 * @param model in lower case
 * @param cores of a CPU, at least 1; 1 for other kinds
 */
record Shape(AcceleratorKind kind, String model, Enforcement enforcement, int cores) {
  static Shape of(Accelerator accelerator) {
    boolean cpu = accelerator.kind() == AcceleratorKind.CPU;
    return new Shape(
        accelerator.kind(),
        accelerator.model().toLowerCase(Locale.ROOT),
        accelerator.enforcement(),
        cpu ? Math.max(1, accelerator.cores()) : 1);
  }
}
