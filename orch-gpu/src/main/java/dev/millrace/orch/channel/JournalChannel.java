package dev.millrace.orch.channel;

import dev.millrace.orch.journal.Attempt;
import dev.millrace.orch.journal.AttemptState;
import dev.millrace.orch.journal.Commit;
import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.JournalException;
import dev.millrace.orch.journal.LeaseEnd;
import dev.millrace.orch.journal.Transition.ClaimAttempt;
import dev.millrace.orch.journal.Transition.RenewLease;
import dev.millrace.orch.keys.DigestKeys;
import dev.millrace.orch.observe.Recorder;
import dev.millrace.orch.order.Orders;
import dev.millrace.orch.order.Places;
import dev.millrace.orch.secret.Carrier;
import dev.millrace.orch.secret.Delivery;
import dev.millrace.orch.secret.Vault;
import dev.millrace.orch.settle.Settler;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.ObjectStore;
import dev.millrace.schema.object.Stores;
import dev.millrace.schema.object.UploadStep;
import dev.millrace.schema.run.Manifest;
import dev.millrace.schema.run.Order;
import dev.millrace.schema.run.OutputFile;
import dev.millrace.schema.run.RunChannel;
import dev.millrace.schema.run.RunGrant;
import dev.millrace.schema.sign.SignedBytes;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/** The coordinator's side of the run channel; every answer is what the journal says. */
public final class JournalChannel implements RunChannel {
  private static final Duration URL_VALIDITY = Duration.ofHours(1);

  private final Journal journal;
  private final Recorder recorder;
  private final Orders orders;
  private final Stores stores;
  private final Places places;
  private final DigestKeys digestKeys;
  private final Delivery delivery;
  private final Settler settler;
  private final Duration stopGrace;
  private final InstantSource clock;

  /** What the channel speaks through. */
  public record Parts(
      Journal journal,
      Recorder recorder,
      Orders orders,
      Stores stores,
      Places places,
      DigestKeys digestKeys,
      Delivery delivery,
      Settler settler) {}

  public JournalChannel(Parts parts, Duration stopGrace, InstantSource clock) {
    this.journal = parts.journal();
    this.recorder = parts.recorder();
    this.orders = parts.orders();
    this.stores = parts.stores();
    this.places = parts.places();
    this.digestKeys = parts.digestKeys();
    this.delivery = parts.delivery();
    this.settler = parts.settler();
    this.stopGrace = stopGrace;
    this.clock = clock;
  }

  /** Whether a transition was committed is unknown then: the run asks again. */
  private static <T> T answered(Supplier<T> answer) throws IOException {
    try {
      return answer.get();
    } catch (JournalException e) {
      throw new IOException("the journal did not answer: " + e.getMessage(), e);
    }
  }

  @Override
  public Claim claim(SignedBytes signed, RunId run) throws IOException {
    return claim(signed, run, Carrier.INSIDE);
  }

  /** The same, for a run that the answer comes to in this way. */
  public Claim claim(SignedBytes signed, RunId run, Carrier carrier) throws IOException {
    return answered(() -> claimed(signed, run, carrier));
  }

  /** This channel for those whom its answers come to in this way. */
  public RunChannel over(Carrier carrier) {
    return new CarriedChannel(this, carrier);
  }

  private Claim claimed(SignedBytes signed, RunId run, Carrier carrier) {
    Instant now = clock.instant();
    return switch (orders.check(signed)) {
      case Orders.Seen.Not(String reason) -> new Claim.Refused(reason);
      case Orders.Seen.Ours(Order order) -> claim(signed, order, new Claimant(run, carrier), now);
    };
  }

  /** Who claims. */
  private record Claimant(RunId run, Carrier carrier) {}

  private Claim claim(SignedBytes signed, Order order, Claimant claimant, Instant now) {
    RunId run = claimant.run();
    Optional<Attempt> found = journal.attemptOfAny(order.attempt());
    if (found.isEmpty()) {
      return new Claim.Refused("no attempt " + order.attempt() + " is known here");
    }
    Attempt attempt = found.get();
    if (attempt.token() != order.token()) {
      return new Claim.Refused("the order's token " + order.token() + " is not the current one");
    }
    if (!attempt.order().equals(signed)) {
      // Signed here, in a time that a restore has taken back.
      return new Claim.Refused("attempt " + order.attempt() + " was given another order");
    }
    boolean again = attempt.state() == AttemptState.RUNNING && run.equals(attempt.run());
    if (!again && now.isAfter(order.expiresAt())) {
      return new Claim.Refused("the order expired at " + order.expiresAt());
    }
    return switch (delivery.open(
        order.function(), attempt.pool(), attempt.provider(), claimant.carrier())) {
      case Vault.Opening.Withheld(String reason) -> withheld(attempt, reason);
      case Vault.Opening.Values(var secrets) ->
          again ? granted(attempt, run, secrets) : take(attempt, order, run, now, secrets);
    };
  }

  /** Nobody runs without what the function wants; an attempt that nobody has is over then. */
  private Claim withheld(Attempt attempt, String reason) {
    if (attempt.run() == null && attempt.state() != AttemptState.ENDED) {
      settler.lose(attempt, reason, new LeaseEnd.Free());
    }
    return new Claim.Refused(reason);
  }

  private Claim take(
      Attempt attempt, Order order, RunId run, Instant now, Map<String, String> secrets) {
    Commit commit =
        recorder.commit(
            new ClaimAttempt(
                attempt.tenant(),
                attempt.id(),
                order.token(),
                run,
                now.plus(order.limits().timeout()).plus(stopGrace),
                now));
    return commit instanceof Commit.Committed
        ? granted(attempt, run, secrets)
        : journal
            .attemptOfAny(order.attempt())
            .filter(a -> a.run() != null)
            .<Claim>map(a -> new Claim.Taken())
            .orElseGet(() -> new Claim.Refused("attempt " + order.attempt() + " has ended"));
  }

  private Claim granted(Attempt attempt, RunId run, Map<String, String> secrets) {
    String key = digestKeys.of(attempt.tenant(), attempt.id().job());
    return new Claim.Granted(
        new RunGrant(new RunRef(attempt.id(), run, attempt.token()), key, secrets));
  }

  private Optional<Attempt> current(RunRef run) {
    return winner(run).filter(a -> a.state() == AttemptState.RUNNING);
  }

  /** The attempt that this run claimed, whether it has it still or not. */
  private Optional<Attempt> winner(RunRef run) {
    return journal
        .attemptOfAny(run.attempt())
        .filter(a -> a.token() == run.token() && run.run().equals(a.run()));
  }

  @Override
  public UrlAnswer url(RunRef run, Want want) throws IOException {
    return answered(() -> granted(run, want));
  }

  private UrlAnswer granted(RunRef run, Want want) {
    boolean aborting = want instanceof Want.OutputUpload(var relative, UploadStep.Abort abort);
    Optional<Attempt> attempt = aborting ? winner(run) : current(run);
    if (attempt.isEmpty()) {
      return new UrlAnswer.Refused("the run is not the attempt's current one");
    }
    Order order = orders.kept(attempt.get());
    return switch (want) {
      case Want.Input input ->
          order.bundle() == null
              ? reading(order.input().name())
              : new UrlAnswer.Refused("the input comes in the order's bundle");
      case Want.Bundle bundle ->
          order.bundle() == null
              ? new UrlAnswer.Refused("the order has no bundle")
              : reading(places.bundle(order.attempt()));
      case Want.FunctionPart(String sha256) ->
          order.function().files().stream().anyMatch(f -> f.sha256().equals(sha256))
              ? reading(places.file(sha256))
              : new UrlAnswer.Refused("the function has no file " + sha256);
      case Want.Output(String relative) ->
          writing(
              run,
              order,
              relative,
              (store, name) -> store.presignPut(name.bucket(), name.key(), URL_VALIDITY));
      case Want.OutputUpload(String relative, UploadStep step) ->
          writing(
              run,
              order,
              relative,
              (store, name) -> store.presignUpload(name.bucket(), name.key(), step, URL_VALIDITY));
    };
  }

  private UrlAnswer reading(ObjectName name) {
    return new UrlAnswer.Granted(
        stores.get(name.store()).presignGet(name.bucket(), name.key(), URL_VALIDITY));
  }

  private UrlAnswer writing(
      RunRef run, Order order, String relative, BiFunction<ObjectStore, ObjectName, URI> url) {
    if (!relative.equals(Manifest.NAME) && !relative.equals(Manifest.LOG)) {
      if (!relative.startsWith(Manifest.OUTPUTS)) {
        return new UrlAnswer.Refused("a run writes its manifest, its log, and under out/");
      }
      try {
        // The record proves that the path stays inside.
        new OutputFile(relative.substring(Manifest.OUTPUTS.length()), 0, "");
      } catch (IllegalArgumentException e) {
        return new UrlAnswer.Refused(String.valueOf(e.getMessage()));
      }
    }
    try {
      ObjectName name = places.ofRun(order.function(), Manifest.prefix(run) + relative);
      return new UrlAnswer.Granted(url.apply(stores.get(name.store()), name));
    } catch (IllegalArgumentException e) {
      return new UrlAnswer.Refused(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public Renewal renew(RunRef run, long counter) throws IOException {
    return answered(() -> renewed(run, counter));
  }

  private Renewal renewed(RunRef run, long counter) {
    Optional<Attempt> attempt = current(run);
    if (attempt.isEmpty()) {
      return Renewal.STALE;
    }
    Commit commit =
        recorder.commit(
            new RenewLease(attempt.get().tenant(), run.attempt(), run.token(), run.run(), counter));
    // A beat that comes twice, or behind a later one, takes nothing from the run that has the
    // lease.
    if (commit instanceof Commit.Conflict && current(run).isEmpty()) {
      return Renewal.STALE;
    }
    boolean cancelled =
        journal
            .job(attempt.get().tenant(), run.attempt().job())
            .map(Job::cancelRequested)
            .orElse(false);
    return cancelled ? Renewal.CANCELLED : Renewal.RENEWED;
  }

  @Override
  public Settled settle(RunRef run, SignedBytes manifest) throws IOException {
    return answered(() -> settler.settle(run, manifest));
  }
}
