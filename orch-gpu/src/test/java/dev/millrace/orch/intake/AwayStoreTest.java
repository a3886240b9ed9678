package dev.millrace.orch.intake;

import static dev.millrace.orch.intake.TwoStores.FAR;
import static dev.millrace.orch.journal.Story.BUCKET;
import static dev.millrace.orch.journal.Story.STORE;
import static dev.millrace.orch.journal.Story.T0;
import static dev.millrace.orch.journal.Story.TENANT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.PendingNotice;
import dev.millrace.orch.journal.Story;
import dev.millrace.orch.journal.Transition.AcceptNotices;
import dev.millrace.orch.observe.Bell;
import dev.millrace.orch.observe.Recorder;
import dev.millrace.orch.rig.MemoryStore;
import dev.millrace.schema.id.Ulids;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stores that do not answer, and who waits for them. */
final class AwayStoreTest {
  private static final int OBJECTS = 64;
  private static final int AT_ONCE = 16;

  @TempDir Path folder;
  private final Ulids ids = new Ulids(() -> T0, new Random(3));
  private final MemoryStore store = new MemoryStore(() -> T0);
  private final AtomicLong now = new AtomicLong();

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
    try (Journal journal = TwoStores.journal(folder);
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
      assertThat(journal.pendingNotices(0, 100)).hasSize(OBJECTS).allMatch(AwayStoreTest::isFar);

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
        Journal journal = TwoStores.journal(folder);
        Admitter admitter =
            patient(journal, id -> id.equals(FAR) && asked.incrementAndGet() > 0 ? gone : store)) {
      notices(journal, FAR, new MemoryStore(() -> T0));
      notices(journal, FAR, new MemoryStore(() -> T0));
      notices(journal, STORE, store);
      admitter.round(rung());
      assertThat(journal.counts(TENANT)).containsEntry(JobState.WAITING, (long) OBJECTS);
      assertThat(asked).hasValueBetween(1, 2 * OBJECTS - 1);
      int once = asked.get();
      assertThat(admitter.away()).containsExactly(FAR);

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
    try (Journal journal = TwoStores.journal(folder)) {
      notices(journal, STORE, store);
      Admitter admitter = patient(journal, id -> store);
      admitter.round(rung());
      assertTimeoutPreemptively(Duration.ofSeconds(10), admitter::close);
      assertThat(journal.pendingNotices(0, 100)).hasSize(OBJECTS);
    }
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
    return new Admitter(parts, ids, () -> T0, new Admitter.Waits(Duration.ofMillis(500), now::get));
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
        Journal journal = TwoStores.journal(folder);
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
      assertThat(admitter.away()).isEmpty();
    }
  }

  @Test
  void aNewNoticeOfAStoreThatWasAwayHasItAskedWithinASecond() throws Exception {
    AtomicBoolean back = new AtomicBoolean();
    MemoryStore far = new MemoryStore(() -> T0);
    try (ObjectStore gone = unreachable();
        Journal journal = TwoStores.journal(folder);
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
        Journal journal = TwoStores.journal(folder);
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

  private static Bell rung() {
    Bell bell = new Bell();
    bell.ring();
    return bell;
  }
}
