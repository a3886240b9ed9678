package dev.millrace.orch.channel;

import dev.millrace.orch.channel.RunRights.Right;
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
import dev.millrace.orch.live.LiveLogs;
import dev.millrace.orch.observe.Recorder;
import dev.millrace.orch.order.Orders;
import dev.millrace.orch.order.Places;
import dev.millrace.orch.secret.Carrier;
import dev.millrace.orch.secret.Delivery;
import dev.millrace.orch.secret.Vault;
import dev.millrace.orch.settle.Settler;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.Stores;
import dev.millrace.schema.object.UploadStep;
import dev.millrace.schema.run.Order;
import dev.millrace.schema.run.RunChannel;
import dev.millrace.schema.run.RunGrant;
import dev.millrace.schema.run.RunObjects;
import dev.millrace.schema.sign.SignedBytes;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The coordinator's side of the run channel; every answer is what the journal says. */
public final class JournalChannel implements RunChannel {
  private static final Duration URL_VALIDITY = Duration.ofHours(1);

  /** How long a renewal waits for a journal that stalls: the run would take it for silence. */
  private static final Duration RENEWAL = Duration.ofSeconds(1);

  private final Journal journal;
  private final Recorder recorder;
  private final Orders orders;
  private final Stores stores;
  private final RunRights rights;
  private final RunObjects near;
  private final DigestKeys digestKeys;
  private final Delivery delivery;
  private final Settler settler;
  private final LiveLogs live;
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
      Settler settler,
      LiveLogs live) {}

  public JournalChannel(Parts parts, Duration stopGrace, InstantSource clock) {
    this.journal = parts.journal();
    this.recorder = parts.recorder();
    this.orders = parts.orders();
    this.stores = parts.stores();
    this.rights = new RunRights(parts.journal(), parts.orders(), parts.places());
    this.near = new NearRunObjects(rights, parts.stores());
    this.digestKeys = parts.digestKeys();
    this.delivery = parts.delivery();
    this.settler = parts.settler();
    this.live = parts.live();
    this.stopGrace = stopGrace;
    this.clock = clock;
  }

  /** What runs print, for who reads along. */
  public LiveLogs live() {
    return live;
  }

  /** Whether a transition was committed is unknown then: the run asks again. */
  static <T> T answered(Supplier<T> answer) throws IOException {
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
      case Vault.Opening.Withheld(String reason) ->
          again ? granted(attempt, run, Map.of()) : withheld(attempt, reason);
      case Vault.Opening.Values(var secrets) ->
          again ? granted(attempt, run, secrets) : take(attempt, order, run, now, secrets);
    };
  }

  /**
   * Nobody starts without what the function wants; an attempt that nobody has is over then. A run
   * that goes on may have started with it, and be done: it is told that there is nothing now.
   */
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

  @Override
  public UrlAnswer url(RunRef run, Want want) throws IOException {
    return answered(() -> granted(run, want));
  }

  private UrlAnswer granted(RunRef run, Want want) {
    return switch (rights.of(run, want)) {
      case Right.Reads(ObjectName name) ->
          new UrlAnswer.Granted(
              stores.get(name.store()).presignGet(name.bucket(), name.key(), URL_VALIDITY));
      case Right.Writes(ObjectName name) ->
          new UrlAnswer.Granted(
              stores.get(name.store()).presignPut(name.bucket(), name.key(), URL_VALIDITY));
      case Right.Uploads(ObjectName name, UploadStep step) -> uploading(name, step);
      case Right.None(String reason) -> new UrlAnswer.Refused(reason);
    };
  }

  private UrlAnswer uploading(ObjectName name, UploadStep step) {
    try {
      return new UrlAnswer.Granted(
          stores.get(name.store()).presignUpload(name.bucket(), name.key(), step, URL_VALIDITY));
    } catch (IllegalArgumentException e) {
      return new UrlAnswer.Refused(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public RunObjects near() {
    return near;
  }

  @Override
  public Renewal renew(RunRef run, long counter) throws IOException {
    return answered(() -> renewed(run, counter));
  }

  private Renewal renewed(RunRef run, long counter) {
    Optional<Attempt> attempt = rights.current(run);
    if (attempt.isEmpty()) {
      return Renewal.STALE;
    }
    Optional<Commit> commit =
        journal
            .hand(
                new RenewLease(
                    attempt.get().tenant(), run.attempt(), run.token(), run.run(), counter))
            .await(RENEWAL);
    // A beat that comes twice, or behind a later one, takes nothing from the run that has the
    // lease. One that the journal has and does not write yet keeps the lease as well: whoever here
    // ends it comes behind it, and of another coordinator the next beat hears.
    if (commit.isPresent()
        && commit.get() instanceof Commit.Conflict
        && rights.current(run).isEmpty()) {
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
  public Followed followed(ProviderId provider, long known, Duration patience)
      throws InterruptedException {
    return live.followed(provider, known, patience);
  }

  @Override
  public Heard printed(RunRef run, long from, byte[] text) throws IOException {
    return answered(() -> rights.current(run)).isPresent()
        ? live.printed(run, from, text)
        : new Heard.Enough();
  }

  @Override
  public Settled settle(RunRef run, SignedBytes manifest) throws IOException {
    return answered(() -> settler.settle(run, manifest));
  }
}
