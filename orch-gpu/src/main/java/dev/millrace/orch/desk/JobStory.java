package dev.millrace.orch.desk;

import dev.millrace.orch.journal.Attempt;
import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.Kept;
import dev.millrace.orch.journal.PublishedObject;
import dev.millrace.orch.journal.Removal;
import dev.millrace.orch.order.Orders;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.ledger.Ledger;
import dev.millrace.schema.ledger.LedgerEntry;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.run.RunOutcome;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What became of one job, in sentences. */
final class JobStory {
  private static final String BROKEN = new RunOutcome.Broken("", false).label();

  private final Explainer.Sources sources;
  private final Journal journal;
  private final Map<AttemptId, Ledger.Recorded> entries;
  private final Instant now;

  JobStory(Explainer.Sources sources, Map<AttemptId, Ledger.Recorded> entries, Instant now) {
    this.sources = sources;
    this.journal = sources.journal();
    this.entries = entries;
    this.now = now;
  }

  List<String> tell(TenantId tenant, Job job) throws IOException {
    List<String> told = new ArrayList<>();
    told.add(state(job));
    Optional<Removal> removal = journal.removal(tenant, job.id());
    Removed.sentence(removal).ifPresent(told::add);
    if (removal.filter(r -> r.kept() == Kept.IDENTITY).isPresent()) {
      forgotten(job, told);
      return told;
    }
    for (Attempt attempt : journal.attempts(tenant, job.id())) {
      told.add(attempt(attempt));
      Ledger.Recorded entry = entries.get(attempt.id());
      if (entry != null) {
        told.add(entry(attempt.id(), entry));
      } else if (attempt.endedAt() != null) {
        told.add(elsewhere(tenant, attempt));
      }
    }
    outputs(tenant, job, told);
    if (job.state() == JobState.DEAD && job.attempts() > 0) {
      lastWords(tenant, new AttemptId(job.id(), job.attempts()), told);
    }
    next(job, broken(tenant, job), told);
    return told;
  }

  /** Of an entry that this coordinator's ledger did not have; it may have it by now. */
  private String elsewhere(TenantId tenant, Attempt attempt) throws IOException {
    if (journal.uncarried(tenant, attempt.id().job()).contains(attempt.id())) {
      return "Attempt " + attempt.id().number() + " is not in the ledger yet.";
    }
    return sources.ledger().of(tenant, attempt.id().job()).stream()
        .filter(found -> found.entry().attempt().equals(attempt.id()))
        .findFirst()
        .map(found -> entry(attempt.id(), found))
        .orElseGet(() ->
            "Attempt "
                + attempt.id().number()
                + " is in the ledger of another coordinator, which has provider "
                + attempt.provider()
                + ".");
  }

  private void outputs(TenantId tenant, Job job, List<String> told) {
    Map<ObjectName, JobId> overwritten = journal.overwritten(tenant, job.id());
    List<PublishedObject> published = journal.publishedBy(tenant, job.id());
    if (job.state() == JobState.SUCCEEDED && published.isEmpty()) {
      told.add("It published nothing: it left no file in $TMP_OUTPUT_DIR that an output takes.");
    }
    for (PublishedObject output : published) {
      JobId later = overwritten.get(output.name());
      told.add(
          "It published "
              + output.name().uri()
              + " ("
              + output.size()
              + " bytes) at "
              + Explainer.time(output.at())
              + (later == null ? "" : ", since overwritten by job " + later)
              + ".");
    }
  }

  private static String state(Job job) {
    String reason = job.reason();
    return "Job "
        + job.id()
        + " of function "
        + job.function().name()
        + " for version "
        + job.input().version().text()
        + ", admitted at "
        + Explainer.time(job.admittedAt())
        + ", is "
        + job.state().label()
        + (reason == null ? "" : ": " + reason)
        + ".";
  }

  private static String attempt(Attempt attempt) {
    String outcome = attempt.outcome();
    String why = attempt.reason();
    Integer exit = attempt.exitCode();
    List<String> devices = Orders.devices(attempt);
    return "Attempt "
        + attempt.id().number()
        + " on provider "
        + attempt.provider()
        + (devices.isEmpty() ? "" : " (" + String.join(", ", devices) + ")")
        + ": "
        + (outcome == null ? going(attempt) : outcome)
        + (exit == null || outcome == null || exit == 0 ? "" : " with exit code " + exit)
        + (why == null || (exit != null && why.endsWith("exit code " + exit)) ? "" : ", " + why)
        + ".";
  }

  private static String going(Attempt attempt) {
    Instant claimed = attempt.claimedAt();
    String state = attempt.state().name().toLowerCase(Locale.ROOT);
    return claimed == null
        ? state + " since " + Explainer.time(attempt.placedAt())
        : "running since " + Explainer.time(claimed);
  }

  /** What is known of a job that is no more than its name. */
  private void forgotten(Job job, List<String> told) {
    for (int number = 1; number <= job.attempts(); number++) {
      AttemptId attempt = new AttemptId(job.id(), number);
      Ledger.Recorded entry = entries.get(attempt);
      if (entry != null) {
        told.add(entry(attempt, entry));
      }
    }
    outputs(job.function().tenant(), job, told);
  }

  private static String entry(AttemptId attempt, Ledger.Recorded recorded) {
    String evidence =
        recorded.entry().evidence() instanceof LedgerEntry.Unattested(String reason)
            ? ", without a receipt: " + reason
            : ", with the provider's receipt";
    return "Attempt "
        + attempt.number()
        + " is entry "
        + recorded.index()
        + " of the ledger"
        + evidence
        + ".";
  }

  /** What the function said at last, which is mostly why it failed. */
  private void lastWords(TenantId tenant, AttemptId attempt, List<String> told) {
    try {
      switch (sources.logs().of(tenant, attempt)) {
        case RunLog.None none -> told.add("No log is kept of its last attempt.");
        case RunLog.Running _, RunLog.AtItsEnd _ -> told.add("Its last attempt runs.");
        case RunLog.Gone(String reason) ->
            told.add("The log of its last attempt is gone: " + reason + ".");
        case RunLog.Text(InputStream bytes) -> lastWords(attempt, bytes, told);
      }
    } catch (IOException e) {
      told.add("The log of its last attempt cannot be read now: " + e.getMessage() + ".");
    }
  }

  private static void lastWords(AttemptId attempt, InputStream log, List<String> told)
      throws IOException {
    try (InputStream in = log) {
      List<String> lines = LogTail.of(in);
      if (lines.isEmpty()) {
        told.add("Its last attempt wrote nothing to its log.");
        return;
      }
      told.add("The log of its last attempt ends with:\n" + String.join("\n", lines));
      told.add("`millrace logs " + attempt.job() + "` prints all that its last attempt wrote.");
    }
  }

  /** Whether its last try could not even be made: another one ends in the same way. */
  private boolean broken(TenantId tenant, Job job) {
    List<Attempt> attempts = journal.attempts(tenant, job.id());
    return !attempts.isEmpty() && BROKEN.equals(attempts.getLast().outcome());
  }

  private void next(Job job, boolean broken, List<String> told) {
    if (job.state() == JobState.WAITING) {
      String plan = sources.dispatcher().waitingFor(job).orElse("");
      if (job.notBefore().isAfter(now)) {
        told.add("It waits until " + Explainer.time(job.notBefore()) + " for its next try.");
      } else {
        told.add(
            plan.isEmpty()
                ? "It waits for the next round of planning."
                : "It waits: " + plan + ".");
      }
    }
    if (job.cancelRequested()) {
      told.add("It was asked to stop.");
    }
    if (job.state() == JobState.REFUSED) {
      told.add(
          "It rests: `millrace redrive "
              + job.id()
              + "` has it looked at again, and refused again while that reason holds; `millrace"
              + " discard "
              + job.id()
              + "` ends it.");
    } else if (job.state().kind() == JobState.Kind.RESTING) {
      told.add(
          (broken
                  ? "It rests: first change what its last attempt says; then `millrace redrive "
                  : "It rests: `millrace redrive ")
              + job.id()
              + "` runs it again, `millrace discard "
              + job.id()
              + "` ends it.");
    }
  }
}
