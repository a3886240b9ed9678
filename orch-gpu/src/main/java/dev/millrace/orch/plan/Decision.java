package dev.millrace.orch.plan;

import dev.millrace.schema.fleet.Slice;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.id.ProviderId;
import java.util.List;

/** What becomes of one waiting job. */
public sealed interface Decision {
  /** Whom it is about. */
  JobId job();

  /**
   * Reserve the slices and start.
   *
   * @param slices of distinct devices of one provider in one pool; memory includes the context
   *     charge; compute is of the whole device, of a CPU too
   */
  record Start(JobId job, List<Slice> slices, ProviderId provider, PoolId pool)
      implements Decision {
    public Start {
      slices = List.copyOf(slices);
      if (slices.isEmpty()) {
        throw new IllegalArgumentException("job " + job + " starts on no device");
      }
    }
  }

  /** Leave it in the queue. */
  record Wait(JobId job, WaitReason reason) implements Decision {}

  /**
   * It can never run here; it rests until its owner acts.
   *
   * @param reason for people
   */
  record Refuse(JobId job, String reason) implements Decision {}
}
