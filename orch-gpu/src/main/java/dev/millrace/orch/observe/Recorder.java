package dev.millrace.orch.observe;

import dev.millrace.orch.journal.Commit;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.PipelineEvent;
import dev.millrace.orch.journal.Transition;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Commits transitions, and tells observers what became true. Observers only enqueue. */
public final class Recorder {
  private final Journal journal;
  private final List<Consumer<PipelineEvent>> observers = new CopyOnWriteArrayList<>();

  public Recorder(Journal journal) {
    this.journal = journal;
  }

  /** Commits, then announces. */
  public Commit commit(Transition transition) {
    Commit outcome = journal.commit(transition);
    if (outcome instanceof Commit.Committed committed) {
      for (PipelineEvent event : committed.events()) {
        for (Consumer<PipelineEvent> observer : observers) {
          observer.accept(event);
        }
      }
    }
    return outcome;
  }

  /** From now on tells this observer, which must not block; run the answer to stop. */
  public Runnable observe(Consumer<PipelineEvent> observer) {
    observers.add(observer);
    return () -> observers.remove(observer);
  }
}
