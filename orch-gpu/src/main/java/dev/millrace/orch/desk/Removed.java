package dev.millrace.orch.desk;

import dev.millrace.orch.journal.Kept;
import dev.millrace.orch.journal.Removal;
import java.util.Optional;

/** What retention has taken, in words: nobody shall look for what is not lost. */
final class Removed {
  private Removed() {}

  /** Why a log is not there; empty where retention has nothing to do with that. */
  static Optional<String> logs(Optional<Removal> removal) {
    return removal.map(r ->
        "it was removed at "
            + Explainer.time(r.at())
            + " by "
            + rule(r)
            + (r.kept() == Kept.IDENTITY ? " with all else of the attempt" : ""));
  }

  /** Why an attempt is not there; empty where retention has nothing to do with that. */
  static Optional<String> everything(Optional<Removal> removal) {
    return logs(removal.filter(r -> r.kept() == Kept.IDENTITY));
  }

  /** As the configuration calls it. */
  static String rule(Removal removal) {
    return removal.kept() == Kept.IDENTITY ? "retention.jobs" : "retention.logs";
  }

  /** What of a job is gone, as a sentence. */
  static Optional<String> sentence(Optional<Removal> removal) {
    return removal.map(r ->
        (r.kept() == Kept.IDENTITY
                ? "Its attempts, steps and logs were removed at "
                : "Its logs were removed at ")
            + Explainer.time(r.at())
            + " by "
            + rule(r)
            + (r.open() ? ", which is not finished" : "")
            + ".");
  }
}
