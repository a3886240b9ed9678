package dev.millrace.orch.observe;

import dev.millrace.orch.journal.Commit;
import dev.millrace.orch.journal.Handed;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.JournalException;
import dev.millrace.orch.journal.PipelineEvent;
import dev.millrace.orch.journal.Transition;
import java.util.ArrayList;
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
    return announced(journal.commit(transition));
  }

  /**
   * One that was not committed, or of which nobody knows.
   *
   * @param cause as {@link #commit} would have thrown it
   */
  public record Failed<T extends Transition>(T transition, RuntimeException cause) {}

  private record Underway<T extends Transition>(T transition, Handed handed) {}

  /** Commits each for itself, together where that is cheaper, and announces; says what failed. */
  public <T extends Transition> List<Failed<T>> commitAll(List<T> transitions) {
    List<Failed<T>> failed = new ArrayList<>();
    List<Underway<T>> all = new ArrayList<>(transitions.size());
    for (T transition : transitions) {
      try {
        all.add(new Underway<>(transition, journal.hand(transition)));
      } catch (JournalException e) {
        failed.add(new Failed<>(transition, e));
      }
    }
    for (Underway<T> one : all) {
      try {
        announced(one.handed().await());
      } catch (JournalException | IllegalArgumentException e) {
        failed.add(new Failed<>(one.transition(), e));
      }
    }
    return failed;
  }

  private Commit announced(Commit outcome) {
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
