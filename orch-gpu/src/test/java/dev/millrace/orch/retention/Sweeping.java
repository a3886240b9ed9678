package dev.millrace.orch.retention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.desk.RunLog;
import dev.millrace.orch.journal.Commit;
import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.journal.Kept;
import dev.millrace.orch.journal.Removal;
import dev.millrace.orch.journal.Transition;
import dev.millrace.orch.observe.Bell;
import dev.millrace.orch.observe.Recorder;
import dev.millrace.orch.order.Places;
import dev.millrace.orch.rig.Rig;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.StoreException;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.Stores;
import dev.millrace.schema.run.Manifest;
import dev.millrace.schema.run.RunOutcome;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;

/** A coordinator with jobs that have ended, and rounds of retention made by hand. */
final class Sweeping implements AutoCloseable {
  /** What it is about. */
  Rig rig;

  void open(Path folder, String yaml) throws IOException {
    again(folder, yaml);
    rig.deploy("");
  }

  /** Opens the same folder under another configuration. */
  void again(Path folder, String yaml) throws IOException {
    rig = new Rig(folder, yaml);
  }

  /** A job of this input whose run has ended so, with a log of five bytes. */
  RunRef ended(String key, RunOutcome outcome, JobState state) throws IOException {
    RunRef run = begun(key);
    end(run, key, outcome, state);
    return run;
  }

  /** A run of a job of this input, with a log. */
  RunRef begun(String key) throws IOException {
    rig.drop("in/" + key, "x");
    ObjectName input = new ObjectName(StoreId.EMBEDDED, "bucket", "in/" + key);
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> !rig.journal().jobsOf(Rig.MAIN, input, 1).isEmpty());
    JobId job = rig.journal().jobsOf(Rig.MAIN, input, 1).getFirst().id();
    rig.await(job, JobState.STAGED);
    RunRef run = rig.claim(job, rig.hand.run());
    rig.hand.logBytes = 5;
    rig.store.put("bucket", log(run), "line\n");
    return run;
  }

  void end(RunRef run, String key, RunOutcome outcome, JobState state) throws IOException {
    JobId job = run.attempt().job();
    rig.settle(run, outcome, outcome instanceof RunOutcome.Succeeded ? Map.of(key, "y") : Map.of());
    rig.await(job, state);
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> rig.journal().outbox("l", 1).isEmpty());
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() ->
            rig.store.keys("millrace-orders").stream().noneMatch(k -> k.contains(job.value())));
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> rig.store.keys("bucket").stream().noneMatch(k -> k.contains("/out/")));
  }

  /** Succeeded jobs, sooner than one after the other. */
  List<RunRef> many(int jobs) throws IOException {
    for (int i = 0; i < jobs; i++) {
      rig.drop("in/m" + i, "x");
    }
    Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> rig.jobs().size() == jobs);
    List<RunRef> runs = new ArrayList<>();
    while (runs.size() < jobs) {
      // Which of them has room first is the planner's matter.
      Job job =
          Awaitility.await()
              .atMost(Duration.ofSeconds(60))
              .until(this::staged, Optional::isPresent)
              .orElseThrow();
      RunRef run = rig.claim(job.id(), rig.hand.run());
      rig.hand.logBytes = 5;
      rig.store.put("bucket", log(run), "line\n");
      rig.settle(run, new RunOutcome.Succeeded(), Map.of("m", "y"));
      runs.add(run);
    }
    runs.forEach(run -> rig.await(run.attempt().job(), JobState.SUCCEEDED));
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> rig.journal().outbox("l", 1).isEmpty());
    return runs;
  }

  private Optional<Job> staged() {
    return rig.jobs().stream().filter(job -> job.state() == JobState.STAGED).findFirst();
  }

  RunRef succeeded(String key) throws IOException {
    return ended(key, new RunOutcome.Succeeded(), JobState.SUCCEEDED);
  }

  static String log(RunRef run) {
    return Manifest.prefix(run) + Manifest.LOG;
  }

  /** A round by the coordinator's own idea of the time. */
  Round ranUntrusted() throws InterruptedException {
    return ((Retention.Asked.Done) rig.retention().run(false)).round();
  }

  /** A turn of the background that does not wait. */
  boolean look() throws InterruptedException {
    Bell rung = new Bell();
    rung.ring();
    rig.retention().turn(rung);
    return true;
  }

  /** Lets time pass, on all clocks. */
  void pass(Duration time) {
    rig.clock.move(time);
    rig.nanos.addAndGet(time.toNanos());
  }

  /** The background looks at its clock now and then; that is over soon. */
  Round swept() {
    Retention.Asked asked =
        Awaitility.await()
            .atMost(Duration.ofSeconds(30))
            .until(() -> rig.retention().run(true), a -> !(a instanceof Retention.Asked.Busy));
    assertThat(asked).isInstanceOf(Retention.Asked.Done.class);
    return ((Retention.Asked.Done) asked).round();
  }

  boolean there(String key) {
    return rig.store.bytes("bucket", key).isPresent();
  }

  List<String> told(String key) throws IOException {
    ObjectName name = new ObjectName(StoreId.EMBEDDED, "bucket", key);
    return rig.desk().explain(Rig.MAIN, name).sentences();
  }

  List<Removal> openRemovals() {
    return rig.journal().openRemovals(100);
  }

  void decide(Kept kept, RunRef run) {
    Transition begin =
        new Transition.BeginRemoval(
            kept,
            rig.clock.instant(),
            List.of(new Transition.JobRef(Rig.MAIN, run.attempt().job())),
            rig.clock.instant());
    assertThat(rig.journal().commit(begin)).isInstanceOf(Commit.Committed.class);
  }

  static String text(RunLog log) throws IOException {
    assertThat(log).isInstanceOf(RunLog.Text.class);
    try (InputStream bytes = ((RunLog.Text) log).bytes()) {
      return new String(bytes.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  void deleteByHand(String key) {
    try {
      rig.store.delete("bucket", key);
    } catch (StoreException e) {
      throw new AssertionError(e);
    }
  }

  Sweeper sweeper() {
    return sweeper(id -> Optional.of(rig.store));
  }

  Sweeper sweeper(Stores stores) {
    return new Sweeper(
        rig.journal(),
        new Recorder(rig.journal()),
        new OwnObjects(stores, new Places(StoreId.EMBEDDED, "millrace-orders")),
        rig.nanos::get);
  }

  static Sweeper.Bounds bounds(long most) {
    return new Sweeper.Bounds(most, Duration.ofHours(1));
  }

  CarefulClock.Reading now() {
    Instant now = rig.clock.instant();
    return new CarefulClock.Reading(now, now);
  }

  @Override
  public void close() throws IOException {
    rig.close();
  }
}
