package dev.millrace.orch.flow;

import dev.millrace.orch.journal.Attempt;
import dev.millrace.orch.journal.AttemptState;
import dev.millrace.orch.journal.Commit;
import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.LeaseEnd;
import dev.millrace.orch.journal.PublishedObject;
import dev.millrace.orch.journal.Transition.BeginPublication;
import dev.millrace.orch.journal.Transition.EndJob;
import dev.millrace.orch.journal.Transition.FinishPublication;
import dev.millrace.orch.journal.Transition.StageAttempt;
import dev.millrace.orch.observe.Bell;
import dev.millrace.orch.observe.Recorder;
import dev.millrace.orch.order.Orders;
import dev.millrace.orch.order.Places;
import dev.millrace.orch.publish.Publisher;
import dev.millrace.orch.settle.Settler;
import dev.millrace.schema.function.DeployedFunction;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.object.ObjectBody;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.StoreException;
import dev.millrace.schema.object.Stores;
import dev.millrace.schema.object.WriteOptions;
import dev.millrace.schema.run.Manifest;
import dev.millrace.schema.run.Order;
import dev.millrace.schema.run.OrderNotice;
import dev.millrace.schema.sign.SignedBytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives one job from its placement to its end: reads the state, does one idempotent effect,
 * commits the next state. A restart runs the same code from whatever state was committed.
 */
final class JobFlow {
  private static final Logger LOG = LoggerFactory.getLogger(JobFlow.class);
  private static final Duration STORE_RETRY = Duration.ofSeconds(1);
  private static final int MANIFEST_MAX = 16 << 20;

  private final Journal journal;
  private final Recorder recorder;
  private final Stores stores;
  private final Places places;
  private final Settler settler;
  private final Publisher publisher;
  private final Orders orders;
  private final Bundling bundling;
  private final Consumer<OrderNotice> announce;
  private final Settings settings;
  private final InstantSource clock;

  /** What a flow works with. */
  record Parts(
      Journal journal,
      Recorder recorder,
      Stores stores,
      Places places,
      Settler settler,
      Publisher publisher,
      Orders orders,
      Bundling bundling,
      Consumer<OrderNotice> announce) {}

  JobFlow(Parts parts, Settings settings, InstantSource clock) {
    this.journal = parts.journal();
    this.recorder = parts.recorder();
    this.stores = parts.stores();
    this.places = parts.places();
    this.settler = parts.settler();
    this.publisher = parts.publisher();
    this.orders = parts.orders();
    this.bundling = parts.bundling();
    this.announce = parts.announce();
    this.settings = settings;
    this.clock = clock;
  }

  /** Drives until the job waits, rests or has ended. */
  void drive(TenantId tenant, JobId id, Bell bell) throws InterruptedException {
    while (true) {
      Job job = journal.job(tenant, id).orElseThrow();
      try {
        switch (job.state()) {
          case PLACED -> stage(job, bell);
          case STAGED -> awaitClaim(job, bell);
          case RUNNING -> awaitManifest(job, bell);
          case PRODUCED -> begin(job, bell);
          case PUBLISHING -> publish(job);
          case WAITING, SUCCEEDED, CANCELLED, DISCARDED, SUPERSEDED, INPUT_GONE, DEAD, REFUSED -> {
            clear(job);
            return;
          }
        }
      } catch (IOException e) {
        LOG.warn("job {} is {} and tries again: {}", id, job.state().label(), e.getMessage());
        bell.await(STORE_RETRY);
      }
    }
  }

  /** Nobody can follow the order of an attempt that has ended: it would only be found again. */
  private void clear(Job job) {
    List<Attempt> attempts = journal.attempts(job.function().tenant(), job.id());
    if (attempts.isEmpty() || attempts.getLast().state() != AttemptState.ENDED) {
      return;
    }
    Attempt attempt = attempts.getLast();
    try {
      withdraw(attempt);
      if (attempt.run() != null && attempt.manifest() == null) {
        dropUploads(attempt, attempt.run());
      }
    } catch (IOException e) {
      LOG.warn("the order or parts of outputs of {} stay: {}", attempt.id(), e.getMessage());
    }
  }

  /** A run that died in the middle of a large output clears nothing up. */
  private void dropUploads(Attempt attempt, RunId run) throws IOException {
    RunRef ref = new RunRef(attempt.id(), run, attempt.token());
    ObjectName prefix = places.ofRun(orders.kept(attempt).function(), Manifest.prefix(ref));
    stores.get(prefix.store()).abortUploads(prefix.bucket(), prefix.key());
  }

  private void withdraw(Attempt attempt) throws IOException {
    ObjectName name = places.order(attempt.provider(), attempt.id());
    stores.get(name.store()).delete(name.bucket(), name.key());
    if (Bundling.wanted(orders.kept(attempt))) {
      ObjectName bundle = places.bundle(attempt.id());
      stores.get(bundle.store()).delete(bundle.bucket(), bundle.key());
    }
  }

  private Attempt last(Job job) {
    List<Attempt> attempts = journal.attempts(job.function().tenant(), job.id());
    return attempts.getLast();
  }

  private void stage(Job job, Bell bell) throws IOException, InterruptedException {
    List<Attempt> attempts = journal.attempts(job.function().tenant(), job.id());
    Attempt attempt = attempts.getLast();
    if (attempts.size() > 1) {
      // It may have been placed again before anyone cleared up.
      withdraw(attempts.get(attempts.size() - 2));
    }
    Order order = orders.kept(attempt);
    if (clock.instant().isAfter(order.expiresAt())) {
      settler.lose(attempt, "its order was not staged in time", new LeaseEnd.Free());
      return;
    }
    if (job.cancelRequested()) {
      settler.lose(attempt, "cancelled before it was staged", new LeaseEnd.Free());
      return;
    }
    if (!settings.stageOrders()) {
      bell.await(until(order.expiresAt()));
      return;
    }
    if (Bundling.missing(order)) {
      bundling.make(attempt, order);
      return;
    }
    ObjectName name = places.order(attempt.provider(), attempt.id());
    byte[] line = attempt.order().line().getBytes(StandardCharsets.UTF_8);
    stores
        .get(name.store())
        .write(name, new ByteArrayInputStream(line), line.length, WriteOptions.PLAIN);
    recorder.commit(
        new StageAttempt(attempt.tenant(), attempt.id(), attempt.token(), clock.instant()));
    announce.accept(new OrderNotice(name.bucket(), name.key()));
  }

  private void awaitClaim(Job job, Bell bell) throws InterruptedException {
    Attempt attempt = last(job);
    Order order = orders.kept(attempt);
    if (job.cancelRequested()) {
      settler.lose(attempt, "cancelled before it was claimed", new LeaseEnd.Free());
    } else if (clock.instant().isAfter(order.expiresAt())) {
      settler.lose(
          attempt,
          "no run claimed its order within " + settings.claimWithin().toSeconds() + " s",
          new LeaseEnd.Free());
    } else {
      bell.await(until(order.expiresAt()));
    }
  }

  private Duration until(Instant moment) {
    Duration left = Duration.between(clock.instant(), moment);
    return left.isNegative() ? Duration.ofMillis(1) : left.plusMillis(5);
  }

  /** The bucket is looked at in any case: what the channel is told is only a hint. */
  private void awaitManifest(Job job, Bell bell) throws IOException, InterruptedException {
    Attempt attempt = last(job);
    if (attempt.state() != AttemptState.RUNNING || attempt.run() == null) {
      bell.await(settings.manifestPoll());
      return;
    }
    bell.await(settings.manifestPoll());
    RunRef run = new RunRef(attempt.id(), attempt.run(), attempt.token());
    ObjectName name =
        places.ofRun(orders.kept(attempt).function(), Manifest.prefix(run) + Manifest.NAME);
    if (journal.job(job.function().tenant(), job.id()).orElseThrow().state() != JobState.RUNNING) {
      return;
    }
    Optional<SignedBytes> manifest = read(name);
    if (manifest.isPresent()) {
      settler.settle(run, manifest.get());
    }
  }

  private Optional<SignedBytes> read(ObjectName name) throws IOException {
    Optional<ObjectBody> body = stores.get(name.store()).read(name.bucket(), name.key());
    if (body.isEmpty()) {
      return Optional.empty();
    }
    try (ObjectBody open = body.get()) {
      byte[] bytes = open.stream().readNBytes(MANIFEST_MAX);
      return Optional.of(SignedBytes.parse(new String(bytes, StandardCharsets.UTF_8)));
    } catch (IllegalArgumentException e) {
      LOG.warn("{} is not a manifest: {}", name.uri(), e.getMessage());
      return Optional.empty();
    }
  }

  private void begin(Job job, Bell bell) throws InterruptedException {
    TenantId tenant = job.function().tenant();
    Commit commit = recorder.commit(new BeginPublication(tenant, job.id(), clock.instant()));
    if (commit instanceof Commit.Conflict(String reason)) {
      if (reason.equals(BeginPublication.SUPERSEDED)) {
        recorder.commit(
            new EndJob(
                tenant,
                job.id(),
                JobState.PRODUCED,
                JobState.SUPERSEDED,
                "a newer version of the input was published first",
                clock.instant()));
      } else {
        bell.await(Duration.ofMillis(200));
      }
    }
  }

  private void publish(Job job) throws IOException {
    TenantId tenant = job.function().tenant();
    Attempt attempt = last(job);
    SignedBytes signed = attempt.manifest();
    if (signed == null || attempt.run() == null) {
      throw new IllegalStateException("job " + job.id() + " publishes without a manifest");
    }
    RunRef run = new RunRef(attempt.id(), attempt.run(), attempt.token());
    DeployedFunction function = orders.kept(attempt).function();
    Manifest manifest = Json.read(signed.bytes(), Manifest.class);
    try {
      List<PublishedObject> published = publisher.publish(job, function, run, manifest);
      recorder.commit(new FinishPublication(tenant, job.id(), published, clock.instant()));
    } catch (Publisher.FileGone e) {
      giveUp(job, e.getMessage() + "; redrive it to run the function again");
      return;
    } catch (Publisher.Unfit e) {
      giveUp(job, String.valueOf(e.getMessage()));
      return;
    }
    try {
      publisher.tidy(function, run, manifest);
    } catch (StoreException e) {
      LOG.warn("copies of job {} stay under .millrace/: {}", job.id(), e.getMessage());
    }
  }

  private void giveUp(Job job, String reason) {
    recorder.commit(
        new EndJob(
            job.function().tenant(),
            job.id(),
            JobState.PUBLISHING,
            JobState.DEAD,
            reason,
            clock.instant()));
  }
}
