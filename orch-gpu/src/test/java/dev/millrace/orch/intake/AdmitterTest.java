package dev.millrace.orch.intake;

import static dev.millrace.orch.journal.Story.BUCKET;
import static dev.millrace.orch.journal.Story.RESIZE;
import static dev.millrace.orch.journal.Story.STORE;
import static dev.millrace.orch.journal.Story.T0;
import static dev.millrace.orch.journal.Story.TENANT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.PendingNotice;
import dev.millrace.orch.journal.PipelineEvent;
import dev.millrace.orch.journal.StartMark;
import dev.millrace.orch.journal.Story;
import dev.millrace.orch.journal.Transition.AcceptNotices;
import dev.millrace.orch.journal.Transition.DeployFunction;
import dev.millrace.orch.journal.sql.SqlJournal;
import dev.millrace.orch.observe.Bell;
import dev.millrace.orch.observe.Recorder;
import dev.millrace.orch.rig.MemoryStore;
import dev.millrace.schema.function.DeployedFunction;
import dev.millrace.schema.function.FunctionSpec;
import dev.millrace.schema.function.InputRule;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.id.Ulids;
import dev.millrace.schema.object.ListedObject;
import dev.millrace.schema.object.Notice;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.ObjectStore;
import dev.millrace.schema.object.StoreId;
import dev.millrace.triggers.s3.S3ObjectStore;
import dev.millrace.triggers.s3.S3StoreSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AdmitterTest {
  private static final int OBJECTS = 64;
  private static final int AT_ONCE = 16;

  /** As long as a test may take: what is not there by then never comes. */
  private static final Duration LONG = Duration.ofSeconds(30);

  private static final StoreId FAR = new StoreId("minio.far");
  private static final FunctionRef BLUR = new FunctionRef(TENANT, new FunctionName("blur"));

  @TempDir Path folder;
  private final Ulids ids = new Ulids(() -> T0, new Random(3));
  private final MemoryStore store = new MemoryStore(() -> T0);
  private final AtomicLong now = new AtomicLong();
  private final AtomicInteger looking = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();

  /** The store answers nobody before so many have asked it. */
  @Test
  void manyLookAtOnceIntoASlowStore() throws Exception {
    CyclicBarrier together = new CyclicBarrier(AT_ONCE);
    store.beforeHeads(key -> look(together));
    try (Journal journal = noticed()) {
      admit(journal);

      assertThat(journal.pendingNotices(0, 10)).isEmpty();
      assertThat(journal.counts(TENANT)).containsEntry(JobState.WAITING, (long) OBJECTS);
      assertThat(most).hasValue(AT_ONCE);
    }
  }

  @Test
  void anObjectThatCannotBeLookedAtWaitsAloneAndIsAJobLater() throws Exception {
    try (Journal journal = noticed()) {
      store.beforeHeads(key -> {
        if (key.equals("7.fa")) {
          throw new IllegalStateException("this object cannot be looked at");
        }
      });
      admit(journal);
      assertThat(journal.pendingNotices(0, 10))
          .singleElement()
          .satisfies(left -> assertThat(left.notice().object().key()).isEqualTo("7.fa"));
      assertThat(journal.counts(TENANT)).containsEntry(JobState.WAITING, OBJECTS - 1L);

      store.beforeHeads(key -> {});
      admit(journal);
      assertThat(journal.pendingNotices(0, 10)).isEmpty();
      assertThat(journal.counts(TENANT)).containsEntry(JobState.WAITING, (long) OBJECTS);
    }
  }

  /** As many as look at once fail as a full heap or a deep stack would have them fail. */
  @Test
  void looksThatEndInErrorsHoldUpNobody() throws Exception {
    AtomicInteger looks = new AtomicInteger();
    store.beforeHeads(key -> {
      if (looks.incrementAndGet() <= AT_ONCE) {
        throw new StackOverflowError("too deep for this test");
      }
    });
    try (Journal journal = noticed()) {
      assertTimeoutPreemptively(Duration.ofSeconds(10), () -> admit(journal));
      assertThat(journal.pendingNotices(0, 100)).hasSize(AT_ONCE);

      admit(journal);
      assertThat(journal.pendingNotices(0, 10)).isEmpty();
      assertThat(journal.counts(TENANT)).containsEntry(JobState.WAITING, (long) OBJECTS);
    }
  }

  /** The deploy comes while the first objects are looked at, and is told to nobody. */
  @Test
  void aBackfillThatComesWhileItsObjectsAreDecidedLosesNone() throws Exception {
    StartMark late = new StartMark(STORE, BUCKET, T0.plusSeconds(60), Set.of());
    StartMark early = new StartMark(STORE, BUCKET, Instant.EPOCH, Set.of());
    try (Journal journal = noticed(late)) {
      Story story = new Story(journal);
      AtomicInteger looks = new AtomicInteger();
      store.beforeHeads(key -> {
        if (looks.incrementAndGet() == OBJECTS / 2) {
          story.done(new DeployFunction(Story.function(RESIZE, 2), List.of(early)));
        }
      });
      Admitter.Parts parts = parts(journal, new Recorder(journal));
      Admitter.Waits waits = new Admitter.Waits(LONG, now::get);
      try (Admitter admitter = new Admitter(parts, ids, () -> T0, waits)) {
        Intake intake = new Intake(parts.catalog(), journal, parts.recorder(), new Bell());
        List<ListedObject> listed = store.list(BUCKET, "", "", 1000).objects();
        admitter.round(rung());
        assertThat(journal.pendingNotices(0, 100)).isNotEmpty();
        admitter.round(rung());
        intake.accept(
            intake.unknown(STORE, BUCKET, listed).stream().map(o -> notice(o.key())).toList());
        admitter.round(rung());
      }

      assertThat(journal.pendingNotices(0, 10)).isEmpty();
      assertThat(journal.counts(TENANT)).containsEntry(JobState.WAITING, (long) OBJECTS);
    }
  }

  /** Each look into it hangs; there are more of its notices than places, and they came first. */
  @Test
  void aSilentStoreHoldsUpNoOther() throws Exception {
    CountDownLatch answer = new CountDownLatch(1);
    AtomicInteger asked = new AtomicInteger();
    MemoryStore hanging = new MemoryStore(() -> T0);
    hanging.beforeHeads(key -> {
      asked.incrementAndGet();
      hang(answer);
    });
    try (Journal journal = deployed();
        Admitter admitter = patient(journal, id -> id.equals(FAR) ? hanging : store)) {
      notices(journal, FAR, hanging);
      notices(journal, STORE, store);
      assertTimeoutPreemptively(
          Duration.ofSeconds(10),
          () -> {
            admitter.round(rung());
            admitter.round(rung());
          });
      assertThat(asked).hasValue(AT_ONCE);
      assertThat(journal.counts(TENANT)).containsEntry(JobState.WAITING, (long) OBJECTS);
      assertThat(journal.pendingNotices(0, 100)).hasSize(OBJECTS).allMatch(AdmitterTest::isFar);

      answer.countDown();
      await()
          .until(() -> {
            pass(Pauses.FIRST);
            return admitted(admitter, journal) == 2 * OBJECTS;
          });
      assertThat(asked).hasValue(OBJECTS);
    }
  }

  /** What is asked of it fails at once; it is asked again after a pause. */
  @Test
  void aStoreThatCannotBeReachedIsAskedNoMoreInARound() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    try (ObjectStore gone = unreachable();
        Journal journal = deployed();
        Admitter admitter =
            patient(journal, id -> id.equals(FAR) && asked.incrementAndGet() > 0 ? gone : store)) {
      notices(journal, FAR, new MemoryStore(() -> T0));
      notices(journal, FAR, new MemoryStore(() -> T0));
      notices(journal, STORE, store);
      admitter.round(rung());
      assertThat(journal.counts(TENANT)).containsEntry(JobState.WAITING, (long) OBJECTS);
      assertThat(asked).hasValueBetween(1, 2 * OBJECTS - 1);
      int once = asked.get();

      admitter.round(rung());
      assertThat(asked).hasValue(once);
      pass(Pauses.FIRST);
      admitter.round(rung());
      assertThat(asked).hasValueGreaterThan(once);
    }
  }

  @Test
  void closesThoughAStoreDoesNotAnswer() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    store.beforeHeads(key -> hang(never));
    try (Journal journal = noticed()) {
      Admitter admitter = patient(journal, id -> store);
      admitter.round(rung());
      assertTimeoutPreemptively(Duration.ofSeconds(10), admitter::close);
      assertThat(journal.pendingNotices(0, 100)).hasSize(OBJECTS);
    }
  }

  /** Its functions read from two stores. */
  private Journal deployed() {
    Journal journal = SqlJournal.sqlite(folder.resolve("journal.db"));
    Story story = new Story(journal);
    story.done(new DeployFunction(Story.function(RESIZE, 1), List.of()));
    DeployedFunction near = Story.function(BLUR, 1);
    FunctionSpec spec = near.spec();
    FunctionSpec far =
        new FunctionSpec(
            spec.name(),
            spec.origin(),
            spec.code(),
            spec.resources(),
            spec.rules(),
            spec.variables(),
            spec.secrets(),
            spec.trust(),
            List.of(new InputRule(FAR, BUCKET, "", List.of(), List.of(".fa"))),
            spec.outputs(),
            spec.price(),
            spec.labels());
    story.done(
        new DeployFunction(
            new DeployedFunction(BLUR, 1, far, near.files(), near.deployedAt()), List.of()));
    return journal;
  }

  private static void notices(Journal journal, StoreId id, MemoryStore into) {
    Story story = new Story(journal);
    for (int i = 0; i < OBJECTS; i++) {
      into.put(BUCKET, i + ".fa", "x");
      ObjectName name = new ObjectName(id, BUCKET, i + ".fa");
      story.done(new AcceptNotices(TENANT, List.of(new Notice("test", name, null, T0))));
    }
  }

  /** Nobody listens where it is said to be. */
  private static ObjectStore unreachable() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      URI nobody = URI.create("http://127.0.0.1:" + socket.getLocalPort());
      return S3ObjectStore.open(
          S3StoreSettings.at(
              FAR, nobody, "us-east-1", new S3StoreSettings.AccessKeyPair("id", "secret")));
    }
  }

  private Admitter patient(Journal journal, Function<StoreId, ObjectStore> stores) {
    Admitter.Parts parts =
        new Admitter.Parts(
            new Catalog(journal),
            journal,
            new Recorder(journal),
            id -> Optional.of(stores.apply(id)));
    return new Admitter(
        parts, ids, () -> T0, new Admitter.Waits(Duration.ofMillis(500), now::get));
  }

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }

  /** Many of its notices are older than those of the other. */
  @Test
  void aStoreThatIsAwayIsAskedEverMoreSeldomAndItsNoticesAreNotRead() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    AtomicBoolean back = new AtomicBoolean();
    MemoryStore far = new MemoryStore(() -> T0);
    try (ObjectStore gone = unreachable();
        Journal journal = deployed();
        Admitter admitter =
            patient(
                journal,
                id -> {
                  if (!id.equals(FAR)) {
                    return store;
                  }
                  asked.incrementAndGet();
                  return back.get() ? far : gone;
                })) {
      notices(journal, FAR, far);
      List<Integer> tries = new ArrayList<>();
      for (int second = 0; second < 100; second++) {
        int before = asked.get();
        admitter.round(rung());
        if (asked.get() > before) {
          tries.add(second);
        }
        pass(Duration.ofSeconds(1));
      }
      assertThat(tries).containsExactly(0, 1, 3, 7, 15, 31, 61, 91);

      notices(journal, STORE, store);
      int before = asked.get();
      admitter.round(rung());
      assertThat(journal.counts(TENANT)).containsEntry(JobState.WAITING, (long) OBJECTS);
      assertThat(asked).hasValue(before);

      back.set(true);
      pass(Pauses.LONGEST);
      admitter.round(rung());
      assertThat(admitted(admitter, journal)).as("all, once one answered").isEqualTo(2 * OBJECTS);
    }
  }

  @Test
  void aNewNoticeOfAStoreThatWasAwayHasItAskedWithinASecond() throws Exception {
    AtomicBoolean back = new AtomicBoolean();
    MemoryStore far = new MemoryStore(() -> T0);
    try (ObjectStore gone = unreachable();
        Journal journal = deployed();
        Admitter admitter = patient(journal, id -> back.get() ? far : gone)) {
      notices(journal, FAR, far);
      for (int tries = 0; tries < 8; tries++) {
        admitter.round(rung());
        pass(Pauses.LONGEST);
      }
      admitter.round(rung());
      back.set(true);
      pass(Pauses.FIRST);
      assertThat(admitted(admitter, journal)).as("it is left alone").isZero();

      ObjectName name = new ObjectName(FAR, BUCKET, "0.fa");
      new Story(journal)
          .done(new AcceptNotices(TENANT, List.of(new Notice("test", name, null, T0))));
      admitter.round(rung());
      assertThat(admitted(admitter, journal)).isEqualTo(OBJECTS);
    }
  }

  /** As many as look at once, and the oldest: a filter on the way that ends what it does not like. */
  @Test
  void objectsThatTheirStoreNeverTellsOfHoldUpNoneOfItsOthers() throws Exception {
    store.silenceHeads(AdmitterTest::isPoison);
    try (Journal journal = noticed();
        Admitter admitter = patient(journal, id -> store)) {
      for (int second = 0; second < 10; second++) {
        admitter.round(rung());
        pass(Deferred.FIRST);
      }
      assertThat(journal.counts(TENANT)).containsEntry(JobState.WAITING, (long) OBJECTS - AT_ONCE);

      store.put(BUCKET, "new.fa", "x");
      new Story(journal).done(new AcceptNotices(TENANT, List.of(notice("new.fa"))));
      assertThat(admitted(admitter, journal)).as("at once").isEqualTo(OBJECTS - AT_ONCE + 1);

      store.silenceHeads(key -> false);
      pass(Deferred.UNANSWERED_LONGEST);
      assertThat(admitted(admitter, journal)).isEqualTo(OBJECTS + 1);
    }
  }

  /** They keep their looks waiting for ever, as far as a round can tell. */
  @Test
  void objectsWhoseLooksHangHoldUpTheirStoreOnce() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    AtomicInteger hanging = new AtomicInteger();
    store.silenceHeads(AdmitterTest::isPoison);
    store.beforeHeads(key -> {
      if (isPoison(key)) {
        hanging.incrementAndGet();
        hang(end);
        hanging.decrementAndGet();
      }
    });
    try (Journal journal = noticed();
        Admitter admitter = patient(journal, id -> store)) {
      admitter.round(rung());
      end.countDown();
      await().until(() -> hanging.get() == 0);
      CountDownLatch never = new CountDownLatch(1);
      store.beforeHeads(key -> {
        if (isPoison(key)) {
          hanging.incrementAndGet();
          hang(never);
        }
      });
      await()
          .until(() -> {
            pass(Deferred.FIRST);
            return admitted(admitter, journal) == OBJECTS - AT_ONCE;
          });
      assertThat(hanging).hasValueLessThanOrEqualTo(2);
      for (int i = 0; i < 20; i++) {
        String key = "later-" + i + ".fa";
        store.put(BUCKET, key, "x");
        new Story(journal).done(new AcceptNotices(TENANT, List.of(notice(key))));
        pass(Deferred.UNANSWERED_LONGEST);
        assertThat(admitted(admitter, journal)).isEqualTo(OBJECTS - AT_ONCE + i + 1);
      }
    }
  }

  private static boolean isPoison(String key) {
    return key.matches("[0-9]\\.fa|1[0-5]\\.fa");
  }

  @Test
  void whatAStoreRefusesIsAskedForEverMoreSeldomAndBehindWhatIsNew() throws Exception {
    List<String> asked = new CopyOnWriteArrayList<>();
    store.beforeHeads(key -> {
      asked.add(key);
      if (isPoison(key)) {
        throw new IllegalStateException("refused");
      }
    });
    try (Journal journal = noticed();
        Admitter admitter = patient(journal, id -> store)) {
      List<Integer> tries = new ArrayList<>();
      for (int second = 0; second < 1000; second++) {
        asked.clear();
        admitter.round(rung());
        if (asked.contains("0.fa")) {
          tries.add(second);
        }
        pass(Duration.ofSeconds(1));
      }
      assertThat(tries).containsExactly(0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 811);

      asked.clear();
      pass(Deferred.REFUSED_LONGEST);
      store.put(BUCKET, "new.fa", "x");
      new Story(journal).done(new AcceptNotices(TENANT, List.of(notice("new.fa"))));
      admitter.round(rung());
      assertThat(asked).hasSize(AT_ONCE + 1).startsWith("new.fa");
    }
  }

  /** As many as a probe of a store that was away looks at are of a bucket that is not there. */
  @Test
  void aStoreThatAnswersWithRefusalsIsNotAwayAndHoldsUpNothingOfItsOwn() throws Exception {
    AtomicBoolean back = new AtomicBoolean();
    MemoryStore far = new MemoryStore(() -> T0);
    far.beforeHeads(key -> {
      if (Integer.parseInt(key.replace(".fa", "")) < OBJECTS - 1) {
        throw new IllegalStateException("cannot be looked at");
      }
    });
    try (ObjectStore gone = unreachable();
        Journal journal = deployed();
        Admitter admitter = patient(journal, id -> back.get() ? far : gone)) {
      notices(journal, FAR, far);
      admitter.round(rung());
      back.set(true);
      pass(Pauses.FIRST);
      admitter.round(rung());

      assertThat(admitted(admitter, journal)).isEqualTo(1);
    }
  }

  private static void hang(CountDownLatch until) {
    try {
      until.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static boolean isFar(PendingNotice pending) {
    return pending.notice().object().store().equals(FAR);
  }

  private static long admitted(Admitter admitter, Journal journal) throws InterruptedException {
    admitter.round(rung());
    return journal.counts(TENANT).getOrDefault(JobState.WAITING, 0L);
  }

  @Test
  void tellsOfEachJobThatItMakes() throws Exception {
    List<PipelineEvent> events = new CopyOnWriteArrayList<>();
    try (Journal journal = noticed()) {
      admit(journal, events::add);
    }

    assertThat(events).hasSize(OBJECTS).allMatch(event -> event.state() == JobState.WAITING);
    assertThat(events.stream().map(PipelineEvent::job)).doesNotHaveDuplicates();
  }

  /** A journal that was told of so many objects, all of which are there. */
  private Journal noticed(StartMark... marks) {
    Journal journal = SqlJournal.sqlite(folder.resolve("journal.db"));
    Story story = new Story(journal);
    story.done(new DeployFunction(Story.function(RESIZE, 1), List.of(marks)));
    for (int i = 0; i < OBJECTS; i++) {
      store.put(BUCKET, i + ".fa", "x");
      story.done(new AcceptNotices(TENANT, List.of(notice(i + ".fa"))));
    }
    return journal;
  }

  private static Notice notice(String key) {
    return new Notice("test", new ObjectName(STORE, BUCKET, key), null, T0);
  }

  private Admitter.Parts parts(Journal journal, Recorder recorder) {
    return new Admitter.Parts(new Catalog(journal), journal, recorder, id -> Optional.of(store));
  }

  private static Bell rung() {
    Bell bell = new Bell();
    bell.ring();
    return bell;
  }

  private void admit(Journal journal) throws InterruptedException {
    admit(journal, event -> {});
  }

  private void admit(Journal journal, Consumer<PipelineEvent> observer)
      throws InterruptedException {
    Recorder recorder = new Recorder(journal);
    recorder.observe(observer);
    Admitter.Waits waits = new Admitter.Waits(LONG, now::get);
    try (Admitter admitter = new Admitter(parts(journal, recorder), ids, () -> T0, waits)) {
      admitter.round(rung());
    }
  }

  private void look(CyclicBarrier together) {
    most.accumulateAndGet(looking.incrementAndGet(), Math::max);
    try {
      together.await(10, TimeUnit.SECONDS);
    } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
      throw new IllegalStateException("too few look at once", e);
    } finally {
      looking.decrementAndGet();
    }
  }
}
