package dev.millrace.orch.settle;

import dev.millrace.orch.journal.Attempt;
import dev.millrace.orch.journal.AttemptState;
import dev.millrace.orch.journal.Commit;
import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.LeaseEnd;
import dev.millrace.orch.journal.Next;
import dev.millrace.orch.journal.Transition.EndAttempt;
import dev.millrace.orch.journal.Transition.FreeLease;
import dev.millrace.orch.journal.Transition.KeepLateReceipt;
import dev.millrace.orch.observe.Recorder;
import dev.millrace.schema.function.RetryRule;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.json.MalformedJson;
import dev.millrace.schema.ledger.LedgerEntry;
import dev.millrace.schema.run.Manifest;
import dev.millrace.schema.run.Order;
import dev.millrace.schema.run.RunChannel.Settled;
import dev.millrace.schema.run.RunOutcome;
import dev.millrace.schema.sign.SignedBytes;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Ends attempts: by the manifest of their run, or because no word came. What the channel is told
 * and what the watcher finds in the bucket come to the same call; the journal lets one through.
 */
public final class Settler {
  /** Outcome of an attempt that ended without a word from its run. */
  public static final String LOST = "lost";

  /** Outcome of an attempt whose order no run has claimed. */
  public static final String UNCLAIMED = "unclaimed";

  private final Journal journal;
  private final Recorder recorder;
  private final ProviderKeys providers;
  private final Evidences evidences;
  private final int lossesMax;
  private final InstantSource clock;

  public Settler(
      Journal journal,
      Recorder recorder,
      ProviderKeys providers,
      Evidences evidences,
      int lossesMax,
      InstantSource clock) {
    this.journal = journal;
    this.recorder = recorder;
    this.providers = providers;
    this.evidences = evidences;
    this.lossesMax = lossesMax;
    this.clock = clock;
  }

  /** Settles a run by what it signed. */
  public Settled settle(RunRef run, SignedBytes signed) {
    Optional<Attempt> found = journal.attemptOfAny(run.attempt());
    if (found.isEmpty()) {
      return Settled.REFUSED;
    }
    Attempt attempt = found.get();
    Optional<Manifest> manifest = believed(attempt, run, signed);
    if (manifest.isEmpty()) {
      return Settled.REFUSED;
    }
    if (attempt.token() != run.token() || !run.run().equals(attempt.run())) {
      return Settled.STALE;
    }
    if (attempt.state() == AttemptState.ENDED) {
      return late(attempt, signed);
    }
    return end(attempt, manifest.get(), signed);
  }

  private Optional<Manifest> believed(Attempt attempt, RunRef run, SignedBytes signed) {
    if (!providers.signed(attempt.provider(), Manifest.TYPE, signed)) {
      return Optional.empty();
    }
    try {
      Manifest manifest = Json.read(signed.bytes(), Manifest.class);
      return manifest.run().equals(run) ? Optional.of(manifest) : Optional.empty();
    } catch (MalformedJson e) {
      return Optional.empty();
    }
  }

  /** The run's own word after its attempt has ended: kept, and its slices are free for sure. */
  private Settled late(Attempt attempt, SignedBytes signed) {
    if (signed.equals(attempt.manifest())) {
      return Settled.ACCEPTED;
    }
    recorder.commit(new KeepLateReceipt(attempt.tenant(), attempt.id(), signed, clock.instant()));
    recorder.commit(
        new FreeLease(attempt.tenant(), attempt.token(), "its run has stopped", clock.instant()));
    return Settled.STALE;
  }

  private Settled end(Attempt attempt, Manifest manifest, SignedBytes signed) {
    Job job = journal.job(attempt.tenant(), attempt.id().job()).orElseThrow();
    Order order = evidences.order(attempt);
    Instant now = clock.instant();
    LedgerEntry entry = evidences.attested(attempt, order, manifest, now);
    Commit commit =
        recorder.commit(
            new EndAttempt(
                attempt.tenant(),
                attempt.id(),
                attempt.token(),
                attempt.run(),
                manifest.outcome().label(),
                exitCode(manifest.outcome()),
                reason(manifest.outcome(), order),
                signed,
                new LeaseEnd.Free(),
                next(job, order, manifest.outcome(), now),
                entry,
                now));
    return switch (commit) {
      case Commit.Committed done -> Settled.ACCEPTED;
      case Commit.Conflict conflict ->
          journal
              .attemptOfAny(attempt.id())
              .filter(a -> signed.equals(a.manifest()))
              .map(a -> Settled.ACCEPTED)
              .orElse(Settled.STALE);
    };
  }

  private static @Nullable Integer exitCode(RunOutcome outcome) {
    return switch (outcome) {
      case RunOutcome.Succeeded s -> Integer.valueOf(0);
      case RunOutcome.Failed(int code) -> Integer.valueOf(code);
      case RunOutcome.TimedOut t -> null;
      case RunOutcome.OutOfMemory o -> null;
      case RunOutcome.InputSuperseded i -> null;
      case RunOutcome.InputGone g -> null;
      case RunOutcome.Broken b -> null;
      case RunOutcome.Stopped s -> null;
    };
  }

  private static String reason(RunOutcome outcome, Order order) {
    return switch (outcome) {
      case RunOutcome.Succeeded s -> "the function ended with exit code 0";
      case RunOutcome.Failed(int code) -> "the function ended with exit code " + code;
      case RunOutcome.TimedOut t ->
          "the function ran longer than its timeout of " + seconds(order) + " and was stopped";
      case RunOutcome.OutOfMemory o -> "the function used more memory than its limit";
      case RunOutcome.InputSuperseded i -> "a newer version of the input was there";
      case RunOutcome.InputGone g -> "the input was not there any more";
      case RunOutcome.Broken(String why, boolean retryable) -> why;
      case RunOutcome.Stopped(String why) -> why;
    };
  }

  private static String seconds(Order order) {
    Duration timeout = order.function().spec().rules().timeout();
    return timeout.toMillis() % 1000 == 0 ? timeout.toSeconds() + " s" : timeout.toMillis() + " ms";
  }

  private Next next(Job job, Order order, RunOutcome outcome, Instant now) {
    String reason = reason(outcome, order);
    if (job.cancelRequested() && !(outcome instanceof RunOutcome.Succeeded)) {
      return new Next.Ended(JobState.CANCELLED, "cancelled on request");
    }
    return switch (outcome) {
      case RunOutcome.Succeeded s -> new Next.Produced();
      case RunOutcome.Failed f -> failed(job, order, reason, now);
      case RunOutcome.TimedOut t -> failed(job, order, reason, now);
      case RunOutcome.OutOfMemory o -> failed(job, order, reason, now);
      case RunOutcome.InputSuperseded i -> new Next.Ended(JobState.SUPERSEDED, reason);
      case RunOutcome.InputGone g -> new Next.Ended(JobState.INPUT_GONE, reason);
      case RunOutcome.Broken(String why, boolean retryable) ->
          retryable ? lost(job, why, now) : new Next.Ended(JobState.DEAD, why);
      case RunOutcome.Stopped s -> lost(job, reason, now);
    };
  }

  private static Next failed(Job job, Order order, String reason, Instant now) {
    RetryRule rule = order.function().spec().rules().retry();
    int failures = job.failures() + 1;
    return failures >= rule.attempts()
        ? new Next.Ended(JobState.DEAD, reason + "; tried " + failures + " of " + rule.attempts())
        : new Next.Retry(now.plus(rule.after(failures)), true, reason);
  }

  private Next lost(Job job, String reason, Instant now) {
    if (job.cancelRequested()) {
      return new Next.Ended(JobState.CANCELLED, "cancelled on request");
    }
    int losses = job.losses() + 1;
    return losses >= lossesMax
        ? new Next.Ended(JobState.DEAD, reason + "; lost " + losses + " times")
        : new Next.Retry(now.plus(RetryRule.DEFAULT.after(losses)), false, reason);
  }

  /**
   * An order that no run took says nothing about its job: the provider was away, or busy with
   * others. So the job waits for as long as it must, and is never dead of it.
   */
  private static Next unclaimed(Job job, Attempt attempt, String reason, Instant now) {
    return job.cancelRequested()
        ? new Next.Ended(JobState.CANCELLED, "cancelled on request")
        : new Next.Retry(now.plus(RetryRule.DEFAULT.after(attempt.id().number())), false, reason);
  }

  /** Ends an attempt that no run can follow: as a run would have that found the same. */
  public void end(Attempt attempt, RunOutcome outcome) {
    Instant now = clock.instant();
    Job job = journal.job(attempt.tenant(), attempt.id().job()).orElseThrow();
    Order order = evidences.order(attempt);
    String reason = reason(outcome, order);
    recorder.commit(
        new EndAttempt(
            attempt.tenant(),
            attempt.id(),
            attempt.token(),
            null,
            outcome.label(),
            null,
            reason,
            null,
            new LeaseEnd.Free(),
            next(job, order, outcome, now),
            evidences.unattested(attempt, reason, now),
            now));
  }

  /**
   * Ends an attempt whose run gave no word, or that no run has claimed.
   *
   * @param lease what becomes of its slices: free when nobody ever claimed it
   */
  public void lose(Attempt attempt, String reason, LeaseEnd lease) {
    Instant now = clock.instant();
    Job job = journal.job(attempt.tenant(), attempt.id().job()).orElseThrow();
    boolean claimed = attempt.run() != null;
    recorder.commit(
        new EndAttempt(
            attempt.tenant(),
            attempt.id(),
            attempt.token(),
            attempt.run(),
            claimed ? LOST : UNCLAIMED,
            null,
            reason,
            null,
            lease,
            claimed ? lost(job, reason, now) : unclaimed(job, attempt, reason, now),
            evidences.unattested(attempt, reason, now),
            now));
  }
}
