package dev.millrace.orch.command;

import dev.millrace.orch.api.view.StateNames;
import dev.millrace.orch.journal.JobState;
import java.util.Optional;

/** Colours by what they mean. */
public enum Paint {
  /** As it should be. */
  GOOD("\u001b[32m"),
  /** Not as it should be. */
  BAD("\u001b[31m"),
  /** Going on. */
  BUSY("\u001b[36m"),
  /** Of less interest. */
  FAINT("\u001b[2m"),
  /** Headings. */
  STRONG("\u001b[1m"),
  /** As it is. */
  NONE("");

  static final String RESET = "\u001b[0m";

  private final String code;

  Paint(String code) {
    this.code = code;
  }

  String code() {
    return code;
  }

  /** The colour of a job's state. */
  static Paint ofState(String label) {
    Optional<JobState> state = StateNames.parse(label);
    if (state.isEmpty() || state.get() == JobState.WAITING) {
      return NONE;
    }
    return switch (state.get().kind()) {
      case LIVE -> BUSY;
      case RESTING -> BAD;
      case TERMINAL -> state.get() == JobState.SUCCEEDED ? GOOD : FAINT;
    };
  }
}
