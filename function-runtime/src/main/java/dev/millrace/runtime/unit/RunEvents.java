package dev.millrace.runtime.unit;

import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.run.OrderNotice;
import dev.millrace.schema.run.RunOutcome;

/** What a provider tells of its runs while they go; called on the runs' own threads. */
public interface RunEvents {
  /** Nobody listens. */
  RunEvents NONE = new RunEvents() {};

  /** An order was not believed, or the coordinator did not grant its claim. */
  default void refused(String order, String reason) {}

  /** An order could not be read for now, or its source failed. */
  default void unreadable(OrderNotice notice, Exception failure) {}

  /** The run has its attempt. */
  default void claimed(RunRef run) {}

  /** Input and files are in place. */
  default void fetched(RunRef run) {}

  /** The function runs, started or found again. */
  default void started(RunRef run) {}

  /** The outcome is known. */
  default void ended(RunRef run, RunOutcome outcome) {}

  /** Outputs and log are in the bucket. */
  default void uploaded(RunRef run) {}

  /** The manifest is in place and the run's folder is removed. */
  default void settled(RunRef run, RunOutcome outcome) {}

  /** The run was given up without a word to anyone: its lease has passed to another. */
  default void abandoned(RunRef run, String reason) {}

  /** Something on this host failed; the run is tried again after a restart. */
  default void broken(String order, Exception failure) {}
}
