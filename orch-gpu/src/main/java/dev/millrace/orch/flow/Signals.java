package dev.millrace.orch.flow;

import dev.millrace.orch.journal.PipelineEvent;
import dev.millrace.orch.observe.Bell;
import dev.millrace.schema.id.JobId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** A bell for each job that is being driven; rung by what is committed about it. */
final class Signals implements Consumer<PipelineEvent> {
  private final Map<JobId, Bell> bells = new ConcurrentHashMap<>();

  /** Begins to drive a job; false when another thread does already. */
  boolean open(JobId job) {
    return bells.putIfAbsent(job, new Bell()) == null;
  }

  Bell bell(JobId job) {
    return bells.computeIfAbsent(job, j -> new Bell());
  }

  void close(JobId job) {
    bells.remove(job);
  }

  int open() {
    return bells.size();
  }

  /** Wakes every driven job: one that was in another's way may have gone. */
  void ringAll() {
    bells.values().forEach(Bell::ring);
  }

  @Override
  public void accept(PipelineEvent event) {
    Bell bell = bells.get(event.job());
    if (bell != null) {
      bell.ring();
    }
  }
}
