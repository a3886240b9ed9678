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

  /** What has changed nothing, as far as anybody knows. */
  public sealed interface Undone<T extends Transition> {
    /** What was to be committed. */
    T transition();
  }

  /**
   * One that was not committed, or of which nobody knows.
   *
   * @param cause as {@link #commit} would have thrown it
   */
  public record Failed<T extends Transition>(T transition, RuntimeException cause)
      implements Undone<T> {}

  /** One whose precondition did not hold. */
  public record Refused<T extends Transition>(T transition, String reason) implements Undone<T> {}

  private record Underway<T extends Transition>(T transition, Handed handed) {}

  /**
   * Commits each for itself, together where that is cheaper, and announces; says what is undone.
   */
  public <T extends Transition> List<Undone<T>> commitAll(List<T> transitions) {
    List<Undone<T>> undone = new ArrayList<>();
    List<Underway<T>> all = new ArrayList<>(transitions.size());
    for (T transition : transitions) {
      try {
        all.add(new Underway<>(transition, journal.hand(transition)));
      } catch (JournalException e) {
        undone.add(new Failed<>(transition, e));
      }
    }
    for (Underway<T> one : all) {
      try {
        if (announced(one.handed().await()) instanceof Commit.Conflict(String reason)) {
          undone.add(new Refused<>(one.transition(), reason));
        }
      } catch (JournalException | IllegalArgumentException e) {
        undone.add(new Failed<>(one.transition(), e));
      }
    }
    return undone;
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
