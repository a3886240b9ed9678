import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.ledger.LedgerEntry;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.run.InputRef;
import dev.millrace.schema.run.Order;
import dev.millrace.schema.run.RunOutcome;
import dev.millrace.schema.sign.SignedBytes;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * All that happened to one job.
 *
 * @param notice the number of the notice that made it
 * @param output where its result went
 * @param text of the result
 */
record Story(
    JobId job,
    Fate fate,
    long notice,
    InputRef input,
    Instant at,
    List<Try> tries,
    ObjectName output,
    String text) {
  Story {
    tries = List.copyOf(tries);
  }

  /**
   * One attempt.
   *
   * @param outcome empty when no word came
   * @param manifest as its provider signed it, where one came
   * @param log what the function printed; empty for nothing
   */
  record Try(
      AttemptId attempt,
      RunId run,
      Order order,
      SignedBytes signedOrder,
      Optional<RunOutcome> outcome,
      Optional<SignedBytes> manifest,
      String log,
      LedgerEntry entry) {}
}
