package dev.millrace.orch.journal;

import java.util.List;

/** What became of a transition. */
public sealed interface Commit {
  /**
   * It is durable.
   *
   * @param events what happened, for observers; nothing is announced that did not happen
   */
  record Committed(List<PipelineEvent> events) implements Commit {
    public Committed {
      events = List.copyOf(events);
    }
  }

  /** A precondition did not hold, and nothing changed. */
  record Conflict(String reason) implements Commit {}
}
