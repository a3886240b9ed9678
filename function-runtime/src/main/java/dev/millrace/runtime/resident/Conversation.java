package dev.millrace.runtime.resident;

import java.time.Duration;
import java.util.Optional;

/** What is said between the runner and one worker. One job at a time. */
public interface Conversation {
  /** With whom. */
  Worker worker();

  /** The next thing that it says; empty when it says nothing for so long. */
  Optional<Said> next(Duration longest) throws InterruptedException;

  /** Whether it has said something that nobody asked for. */
  boolean chatters();

  /** Gives it a job, and returns at once; a worker that is gone is heard of by its silence. */
  void give(Job job);

  /** Tells it to end. */
  void bye();

  /** What came of a worker. */
  sealed interface Said {
    /** It is ready for jobs. */
    record Ready() implements Said {}

    /**
     * It has done a job.
     *
     * @param last whether it can have no other one
     */
    record Done(String job, int exit, boolean last) implements Said {}

    /** It said something that the protocol does not know. */
    record Nonsense(String reason) implements Said {}

    /** What it said was not heard, and not by its fault. */
    record Unheard(String reason) implements Said {}

    /** It will say no more. */
    record Silent() implements Said {}
  }
}
