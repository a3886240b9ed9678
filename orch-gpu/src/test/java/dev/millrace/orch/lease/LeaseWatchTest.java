package dev.millrace.orch.lease;

import static dev.millrace.orch.journal.Story.GPU;
import static dev.millrace.orch.journal.Story.HOST;
import static dev.millrace.orch.journal.Story.POOL;
import static dev.millrace.orch.journal.Story.RESIZE;
import static dev.millrace.orch.journal.Story.T0;
import static dev.millrace.orch.journal.Story.TENANT;
import static dev.millrace.orch.journal.Story.slice;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.journal.Attempt;
import dev.millrace.orch.journal.AttemptState;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.LeaseState;
import dev.millrace.orch.journal.Story;
import dev.millrace.orch.journal.Transition.PlaceAttempt;
import dev.millrace.orch.journal.sql.SqlJournal;
import dev.millrace.orch.observe.Recorder;
import dev.millrace.orch.order.Orders;
import dev.millrace.orch.rig.StalledJournal;
import dev.millrace.orch.settle.Evidences;
import dev.millrace.orch.settle.ProviderKeys;
import dev.millrace.orch.settle.Settler;
import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.function.Network;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.run.Limits;
import dev.millrace.schema.run.Order;
import dev.millrace.schema.sign.SigningKey;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a lease is called dead, and when its slice is free again; a lease here lasts 30 s. */
final class LeaseWatchTest {
  private static final Duration GRACE = Duration.ofSeconds(5);
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final AtomicLong nanos = new AtomicLong();
  private final Orders orders = new Orders(SigningKey.generate());
  private Journal journal;
  private Story story;
  private LeaseWatch watch;
  private AttemptId attempt;
  private long token;
  @TempDir Path folder;

  @BeforeEach
  void place() throws Exception {
    journal = SqlJournal.sqlite(folder.resolve("journal.db"));
    story = new Story(journal);
    story.host(1024);
    JobId job = story.admitted("a.fa");
    attempt = new AttemptId(job, 1);
    PlaceAttempt placement = story.placement(job, 1, slice(GPU, 10, 1));
    token = placement.token();
    story.done(
        new PlaceAttempt(
            TENANT,
            attempt,
            1,
            HOST,
            POOL,
            placement.slices(),
            token,
            orders.sign(order()),
            placement.leaseDuration(),
            placement.hardLimit(),
            T0));
    story.done(story.staging(job, 1, token));
    watch = fresh();
  }

  private LeaseWatch fresh() {
    Recorder recorder = new Recorder(journal);
    ProviderKeys keys = new ProviderKeys(journal, (provider, key) -> false, () -> 0);
    Settler settler =
        new Settler(
            journal, recorder, keys, new Evidences(keys, Orders::of), 10, () -> T0.plusSeconds(9));
    return new LeaseWatch(journal, recorder, settler, GRACE, nanos::get, () -> T0);
  }

  private Order order() {
    return new Order(
        attempt,
        token,
        POOL,
        HOST,
        Story.function(RESIZE, 1),
        story.job(attempt.job()).input(),
        List.of(),
        new Limits(TIMEOUT, new MemoryMib(256), 100, Network.NONE, 1 << 20, Duration.ofSeconds(30)),
        T0,
        T0.plusSeconds(60));
  }

  @AfterEach
  void close() {
    journal.close();
  }

  private RunId claimed() {
    RunId run = story.run();
    story.done(story.claim(attempt.job(), 1, token, run));
    return run;
  }

  /** Time in which somebody looks every second. */
  private void pass(int seconds) {
    for (int second = 0; second < seconds; second++) {
      doze(1);
    }
  }

  /** Time in which nobody looks. */
  private void doze(int seconds) {
    nanos.addAndGet(Duration.ofSeconds(seconds).toNanos());
    watch.look();
  }

  private Attempt now() {
    return journal.attempt(TENANT, attempt).orElseThrow();
  }

  @Test
  void aRunThatIsSilentForTheWholeDurationIsLostAndItsSliceQuarantined() {
    claimed();
    watch.look();
    pass(29);
    assertThat(now().state()).isEqualTo(AttemptState.RUNNING);

    pass(1);

    assertThat(now().outcome()).isEqualTo(Settler.LOST);
    assertThat(journal.liveLeases())
        .singleElement()
        .satisfies(l -> assertThat(l.state()).isEqualTo(LeaseState.QUARANTINED));
  }

  @Test
  void aRunThatRenewsIsNeverLost() {
    RunId run = claimed();
    for (int beat = 1; beat < 10; beat++) {
      story.done(story.renewal(attempt.job(), token, run, beat));
      pass(29);
    }

    assertThat(now().state()).isEqualTo(AttemptState.RUNNING);
  }

  @Test
  void anOrderMayWaitForItsRunForLongerThanALeaseLasts() {
    watch.look();
    pass(50);
    claimed();

    pass(1);
    pass(28);

    assertThat(now().state()).isEqualTo(AttemptState.RUNNING);
  }

  @Test
  void afterARestartEveryLeaseHasItsFullDurationAgain() {
    claimed();
    watch.look();
    pass(29);
    watch = fresh();

    doze(20);
    pass(29);

    assertThat(now().state()).isEqualTo(AttemptState.RUNNING);
  }

  @Test
  void aStandstillOfTheWatchIsNoSilenceOfTheRun() {
    claimed();
    watch.look();
    pass(10);

    doze(3600);
    pass(14);

    assertThat(now().state()).isEqualTo(AttemptState.RUNNING);
    pass(1);
    assertThat(now().outcome()).isEqualTo(Settler.LOST);
  }

  @Test
  void aWatchThatIsAlwaysLateEndsALeaseAllTheSame() {
    claimed();
    watch.look();

    for (int look = 0; look < 6; look++) {
      doze(60);
    }

    assertThat(now().outcome()).isEqualTo(Settler.LOST);
  }

  @Test
  void aStandstillOfTheWatchEndsNoQuarantine() {
    claimed();
    watch.look();
    pass(30);
    watch.look();

    doze(3600);

    assertThat(journal.liveLeases()).hasSize(1);
  }

  /** The renewal waits to be written, and readers show the counter before it. */
  @Test
  void aJournalThatWritesNothingIsNoSilenceOfTheRun() throws Exception {
    RunId run = claimed();
    watch.look();
    pass(16);

    Thread looking;
    try (StalledJournal stalled = new StalledJournal(folder.resolve("journal.db"))) {
      journal.hand(story.renewal(attempt.job(), token, run, 1));
      looking = Thread.ofVirtual().start(() -> doze(14));
      assertThat(looking.join(Duration.ofMillis(300))).isFalse();
      nanos.addAndGet(Duration.ofSeconds(60).toNanos());
    }

    assertThat(looking.join(Duration.ofSeconds(20))).isTrue();
    assertThat(now().state()).isEqualTo(AttemptState.RUNNING);
    pass(29);
    assertThat(now().state()).isEqualTo(AttemptState.RUNNING);
  }

  /** Its renewals come by a way that the same stall held up, so they are not written first. */
  @Test
  void aRunHasTimeLeftToRenewBehindAStall() throws Exception {
    RunId run = claimed();
    watch.look();
    pass(16);

    Thread looking;
    try (StalledJournal stalled = new StalledJournal(folder.resolve("journal.db"))) {
      looking = Thread.ofVirtual().start(() -> doze(1));
      assertThat(looking.join(Duration.ofMillis(300))).isFalse();
      nanos.addAndGet(Duration.ofSeconds(3600).toNanos());
    }
    assertThat(looking.join(Duration.ofSeconds(20))).isTrue();
    pass(7);
    story.done(story.renewal(attempt.job(), token, run, 1));
    pass(29);

    assertThat(now().state()).isEqualTo(AttemptState.RUNNING);
  }

  @Test
  void aQuarantineEndsWhenTheRunnersHardLimitHasPassed() {
    claimed();
    watch.look();
    pass(30);
    watch.look();
    pass(14);
    assertThat(journal.liveLeases()).hasSize(1);

    pass(1);

    assertThat(journal.liveLeases()).isEmpty();
  }
}
