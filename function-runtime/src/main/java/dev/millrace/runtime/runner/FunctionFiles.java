package dev.millrace.runtime.runner;

import java.io.IOException;
import java.util.Optional;

/** Brings the files that ship with a function into its run's folder. */
@FunctionalInterface
public interface FunctionFiles {
  /** They are there already. */
  FunctionFiles IN_PLACE = Optional::empty;

  /**
   * Brings them; what lies there already is replaced.
   *
   * @return why they are not there; empty when they are
   */
  Optional<String> place() throws IOException, InterruptedException;
}
