package dev.millrace.runtime.resident;

import dev.millrace.runtime.runner.FunctionPaths;
import dev.millrace.runtime.runner.RunEnd;
import dev.millrace.runtime.runner.WorkFolder;
import java.io.IOException;
import java.util.Optional;

/** A worker that was started, wherever it runs. One job at a time. */
public interface Worker {
  /** What its standard error is appended to. */
  WorkerLog log();

  /** Shows a job's folders to the worker, and no other job's; where it finds them. */
  FunctionPaths enter(WorkFolder folder) throws IOException;

  /** Why the job must be ended now, for people: it has written too much; empty otherwise. */
  Optional<String> tooMuch() throws IOException;

  /** Whether it may have no other job: it is being ended, or has ended. */
  default boolean spent() {
    return false;
  }

  /**
   * The job's folders are where they were before.
   *
   * @return whether the worker can have another job: one that may still reach into what it left
   *     must be ended before that is read
   */
  boolean leave(WorkFolder folder) throws IOException;

  /**
   * Ends the worker and all that it started, and waits until nothing of it runs; nothing happens
   * when it has ended. Its files stay.
   *
   * @param gently whether it is given a moment to end by itself
   * @return how it ended: {@link RunEnd.OutOfMemory}, {@link RunEnd.OutOfDisk} or {@link
   *     RunEnd.Exited}
   */
  RunEnd.Ending end(boolean gently);

  /** Removes the files of a worker that has ended and has no job's folders any more. */
  void discard();
}
