package dev.millrace.runtime.process;

import java.util.List;

/** Processes that are held to their limits. */
interface Watched {
  /** Whether there is nothing left to watch. */
  boolean ended();

  /** Stops them when they are over their limits. */
  void check(List<ProcEntry> table);
}
