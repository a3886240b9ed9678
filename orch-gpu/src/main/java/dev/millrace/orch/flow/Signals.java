package dev.millrace.orch.flow;

import dev.millrace.orch.journal.PipelineEvent;
import dev.millrace.orch.observe.Bell;
import dev.millrace.schema.id.JobId;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** A bell for each job that is being driven; rung by what is committed about it. */
final class Signals implements Consumer<PipelineEvent> {
  private final Map<JobId, Bell> bells = new ConcurrentHashMap<>();

  /** Begins to drive a job, woken by this bell; empty when another thread does already. */
  Optional<Bell> open(JobId job) {
    Bell bell = new Bell();
    return bells.putIfAbsent(job, bell) == null ? Optional.of(bell) : Optional.empty();
  }

  /** Wakes whoever drives a job. Nothing of it stays when nobody does: a job is driven once. */
  void ring(JobId job) {
    Bell bell = bells.get(job);
    if (bell != null) {
      bell.ring();
    }
  }

  void close(JobId job) {
    bells.remove(job);
  }

  int open() {
    return bells.size();
  }

  @Override
  public void accept(PipelineEvent event) {
    ring(event.job());
  }
}
