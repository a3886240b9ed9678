package dev.millrace.orch.flow;

import dev.millrace.orch.journal.Attempt;
import dev.millrace.orch.journal.AttemptState;
import dev.millrace.orch.journal.Commit;
import dev.millrace.orch.journal.Course;
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
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives one job from its placement to its end: reads the state, does one idempotent effect,
 * commits the next state. A restart runs the same code from whatever state was committed.
 */
final class JobFlow {
  private static final Logger LOG = LoggerFactory.getLogger(JobFlow.class);
  static final Set<JobState> DRIVEN =
      EnumSet.of(
          JobState.PLACED,
          JobState.STAGED,
          JobState.RUNNING,
          JobState.PRODUCED,
          JobState.PUBLISHING);

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

  /**
   * Drives until the job waits, rests or has ended.
   *
   * @return whether it has ended for good, so that nobody places it again
   */
  boolean drive(TenantId tenant, JobId id, Bell bell) throws InterruptedException {
    boolean waited = false;
    while (true) {
      bell.hush();
      Course course = journal.course(tenant, id).orElseThrow();
      JobState state = course.job().state();
      try {
        if (!DRIVEN.contains(state)) {
          clear(course);
          return state.kind() == JobState.Kind.TERMINAL;
        }
        if (state == JobState.PRODUCED || state == JobState.PUBLISHING) {
          if (publish(course, bell)) {
            clear(course);
            return true;
          }
        } else if (state == JobState.RUNNING) {
          waited = awaitManifest(course, waited, bell);
        } else if (state == JobState.STAGED) {
          awaitClaim(course, bell);
        } else {
          stage(course, bell);
        }
      } catch (IOException e) {
        LOG.warn("job {} is {} and tries again: {}", id, state.label(), e.getMessage());
        bell.await(STORE_RETRY);
      }
    }
  }

  /** Nobody can follow the order of an attempt that has ended: it would only be found again. */
  private void clear(Course course) {
    List<Attempt> attempts = course.attempts();
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

  private void stage(Course course, Bell bell) throws IOException, InterruptedException {
    List<Attempt> attempts = course.attempts();
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
    if (course.job().cancelRequested()) {
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
    Commit staged =
        recorder.commit(
            new StageAttempt(attempt.tenant(), attempt.id(), attempt.token(), clock.instant()));
    announce.accept(new OrderNotice(name.bucket(), name.key()));
    if (staged instanceof Commit.Committed) {
      // Whatever was done to the job since it was read has rung.
      bell.await(until(order.expiresAt()));
    }
  }

  private void awaitClaim(Course course, Bell bell) throws InterruptedException {
    Attempt attempt = course.attempts().getLast();
    Order order = orders.kept(attempt);
    if (course.job().cancelRequested()) {
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

  /**
   * The bucket is looked at in any case: what the channel is told is only a hint.
   *
   * @param waited whether the time to look has come
   * @return whether it has come when the job runs still
   */
  private boolean awaitManifest(Course course, boolean waited, Bell bell)
      throws IOException, InterruptedException {
    Attempt attempt = course.attempts().getLast();
    if (!waited || attempt.state() != AttemptState.RUNNING || attempt.run() == null) {
      bell.await(settings.manifestPoll());
      return true;
    }
    RunRef run = new RunRef(attempt.id(), attempt.run(), attempt.token());
    ObjectName name =
        places.ofRun(orders.kept(attempt).function(), Manifest.prefix(run) + Manifest.NAME);
    Optional<SignedBytes> manifest = read(name);
    if (manifest.isPresent()) {
      settler.settle(run, manifest.get());
    }
    return false;
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

  /**
   * Begins to publish, where that was not done already.
   *
   * @return whether it may go on
   */
  private boolean begun(Job job, Bell bell) throws InterruptedException {
    if (job.state() == JobState.PUBLISHING) {
      return true;
    }
    TenantId tenant = job.function().tenant();
    Commit commit = recorder.commit(new BeginPublication(tenant, job.id(), clock.instant()));
    if (!(commit instanceof Commit.Conflict(String reason))) {
      return true;
    }
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
    return false;
  }

  /** Publishes what the job's run has made; whether it is done is the answer. */
  private boolean publish(Course course, Bell bell) throws IOException, InterruptedException {
    Job job = course.job();
    if (!begun(job, bell)) {
      return false;
    }
    Attempt attempt = course.attempts().getLast();
    SignedBytes signed = attempt.manifest();
    if (signed == null || attempt.run() == null) {
      throw new IllegalStateException("job " + job.id() + " publishes without a manifest");
    }
    RunRef run = new RunRef(attempt.id(), attempt.run(), attempt.token());
    DeployedFunction function = orders.kept(attempt).function();
    Manifest manifest = Json.read(signed.bytes(), Manifest.class);
    boolean done;
    try {
      List<PublishedObject> published = publisher.publish(job, function, run, manifest);
      done =
          recorder.commit(
                  new FinishPublication(
                      job.function().tenant(), job.id(), published, clock.instant()))
              instanceof Commit.Committed;
    } catch (Publisher.FileGone e) {
      giveUp(job, e.getMessage() + "; redrive it to run the function again");
      return false;
    } catch (Publisher.Unfit e) {
      giveUp(job, String.valueOf(e.getMessage()));
      return false;
    }
    try {
      publisher.tidy(function, run, manifest);
    } catch (StoreException e) {
      LOG.warn("copies of job {} stay under .millrace/: {}", job.id(), e.getMessage());
    }
    return done;
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
