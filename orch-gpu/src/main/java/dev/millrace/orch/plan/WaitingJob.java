package dev.millrace.orch.plan;

import dev.millrace.schema.fleet.AcceleratorRequest;
import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.TenantId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A job that waits for a device.
 *
 * @param hostMemory what the run needs of its host; of a job that asks for kind CPU, at least this
 *     much of the CPU device is reserved. For other kinds it is not planned yet.
 * @param cpuMillis thousandths of one processor, 1 or more; as hostMemory
 * @param priority higher goes first
 * @param admission number of the admission: smaller was earlier
 * @param waitingSince when it last became ready to be placed
 * @param deadline when its result is due; of equal jobs of a tenant the sooner due goes first
 * @param only where it may run; null for anywhere
 */
public record WaitingJob(
    JobId id,
    FunctionRef function,
    AcceleratorRequest request,
    MemoryMib hostMemory,
    int cpuMillis,
    int priority,
    long admission,
    Instant waitingSince,
    @Nullable Instant deadline,
    @Nullable Only only) {
  /** One that may run anywhere. */
  public WaitingJob(
      JobId id,
      FunctionRef function,
      AcceleratorRequest request,
      MemoryMib hostMemory,
      int cpuMillis,
      int priority,
      long admission,
      Instant waitingSince,
      @Nullable Instant deadline) {
    this(
        id,
        function,
        request,
        hostMemory,
        cpuMillis,
        priority,
        admission,
        waitingSince,
        deadline,
        null);
  }

  public WaitingJob {
    if (cpuMillis < 1) {
      throw new IllegalArgumentException("cpu of job " + id + " must be 1 or more: " + cpuMillis);
    }
  }

  /** Who owns the function. */
  public TenantId tenant() {
    return function.tenant();
  }
}
