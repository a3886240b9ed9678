package dev.millrace.orch.api.view;

import dev.millrace.orch.journal.JobState;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The words that the API uses for {@link JobState}s: their labels. */
public final class StateNames {
  private StateNames() {}

  /** The state of this label; empty when there is none. */
  public static Optional<JobState> parse(String label) {
    return Arrays.stream(JobState.values()).filter(s -> s.label().equals(label)).findFirst();
  }

  /** All labels, with a comma between. */
  public static String all() {
    return String.join(", ", labels());
  }

  /** All labels. */
  public static List<String> labels() {
    return Arrays.stream(JobState.values()).map(JobState::label).toList();
  }

  /** Labels of the states that do not last. */
  public static List<String> live() {
    return Arrays.stream(JobState.values())
        .filter(state -> state.kind() == JobState.Kind.LIVE)
        .map(JobState::label)
        .toList();
  }

  /** Whether a job of this state stays as it is until someone acts; false for unknown words. */
  public static boolean atRest(String label) {
    return parse(label).filter(s -> s.kind() != JobState.Kind.LIVE).isPresent();
  }
}
