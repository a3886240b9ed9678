package dev.millrace.orch.intake;

import static dev.millrace.orch.journal.Story.BUCKET;
import static dev.millrace.orch.journal.Story.RESIZE;
import static dev.millrace.orch.journal.Story.T0;
import static dev.millrace.orch.journal.Story.TENANT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.Story;
import dev.millrace.orch.journal.Transition.AcceptNotices;
import dev.millrace.orch.journal.Transition.DeployFunction;
import dev.millrace.orch.journal.sql.SqlJournal;
import dev.millrace.orch.observe.Bell;
import dev.millrace.orch.observe.Recorder;
import dev.millrace.orch.rig.MemoryStore;
import dev.millrace.schema.id.Ulids;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Some objects of a store come to nothing, again and again; the others are well. */
final class StubbornObjectsTest {
  private static final int OBJECTS = 64;
  private static final int AT_ONCE = 16;

  @TempDir Path folder;
  private final Ulids ids = new Ulids(() -> T0, new Random(3));
  private static final int MANY = 500;

  private final MemoryStore store = new MemoryStore(() -> T0);
  private final AtomicLong now = new AtomicLong();

  /**
   * As many as look at once, and the oldest: a filter on the way that ends what it does not like.
   */
  @Test
  void objectsThatTheirStoreNeverTellsOfHoldUpNoneOfItsOthers() throws Exception {
    store.silenceHeads(StubbornObjectsTest::isPoison);
    try (Journal journal = noticed();
        Admitter admitter = admitter(journal)) {
      // Which of them a round asks first is the scheduler's choice, so how many rounds it takes
      // too.
      for (int second = 0;
          second < 120 && admitted(admitter, journal) < OBJECTS - AT_ONCE;
          second++) {
        pass(Deferred.FIRST);
      }
      assertThat(journal.counts(TENANT)).containsEntry(JobState.WAITING, (long) OBJECTS - AT_ONCE);

      store.put(BUCKET, "new.fa", "x");
      new Story(journal).done(new AcceptNotices(TENANT, List.of(Story.notice("new.fa"))));
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
    store.silenceHeads(StubbornObjectsTest::isPoison);
    store.beforeHeads(key -> {
      if (isPoison(key)) {
        hanging.incrementAndGet();
        hang(end);
        hanging.decrementAndGet();
      }
    });
    try (Journal journal = noticed();
        Admitter admitter = admitter(journal)) {
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
      assertThat(hanging).hasValueLessThanOrEqualTo(8);
      for (int i = 0; i < 20; i++) {
        String key = "later-" + i + ".fa";
        store.put(BUCKET, key, "x");
        new Story(journal).done(new AcceptNotices(TENANT, List.of(Story.notice(key))));
        pass(Deferred.UNANSWERED_LONGEST);
        assertThat(admitted(admitter, journal)).isEqualTo(OBJECTS - AT_ONCE + i + 1);
      }
    }
  }

  /** As many as look at once, of which no look ends. */
  @Test
  void objectsWhoseFirstLooksHangHoldUpTheirStoreForSecondsAlone() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    AtomicInteger hanging = new AtomicInteger();
    store.beforeHeads(key -> {
      if (isPoison(key)) {
        hanging.incrementAndGet();
        hang(never);
      }
    });
    try (Journal journal = noticed();
        Admitter admitter = admitter(journal)) {
      int seconds = 0;
      while (seconds < 20 && admitted(admitter, journal) < OBJECTS - AT_ONCE) {
        pass(Duration.ofSeconds(1));
        seconds++;
      }

      assertThat(journal.counts(TENANT)).containsEntry(JobState.WAITING, (long) OBJECTS - AT_ONCE);
      assertThat(hanging).as("all of them hang still").hasValue(AT_ONCE);
      assertThat(seconds).isLessThan(8);
      never.countDown();
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
        Admitter admitter = admitter(journal)) {
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
      new Story(journal).done(new AcceptNotices(TENANT, List.of(Story.notice("new.fa"))));
      admitter.round(rung());
      assertThat(asked).hasSize(AT_ONCE + 1).startsWith("new.fa");
    }
  }

  /** More than a page. */
  @Test
  void manyThatAreRefusedAreAskedForAsSeldom() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    store.beforeHeads(key -> {
      asked.incrementAndGet();
      throw new IllegalStateException("refused");
    });
    try (Journal journal = noticed();
        Admitter admitter = admitter(journal)) {
      Story story = new Story(journal);
      for (int i = OBJECTS; i < MANY; i++) {
        story.done(new AcceptNotices(TENANT, List.of(Story.notice(i + ".fa"))));
      }
      List<Integer> each = new ArrayList<>();
      for (int second = 0; second < 8; second++) {
        asked.set(0);
        admitter.round(rung());
        each.add(asked.get());
        pass(Duration.ofSeconds(1));
      }

      assertThat(each).containsExactly(MANY, MANY, 0, MANY, 0, 0, 0, MANY);
    }
  }

  /** A journal that was told of so many objects, all of which are there. */
  private Journal noticed() {
    Journal journal = SqlJournal.sqlite(folder.resolve("journal.db"));
    Story story = new Story(journal);
    story.done(new DeployFunction(Story.function(RESIZE, 1), List.of()));
    for (int i = 0; i < OBJECTS; i++) {
      store.put(BUCKET, i + ".fa", "x");
      story.done(new AcceptNotices(TENANT, List.of(Story.notice(i + ".fa"))));
    }
    return journal;
  }

  private Admitter admitter(Journal journal) {
    Admitter.Parts parts =
        new Admitter.Parts(
            new Catalog(journal), journal, new Recorder(journal), id -> Optional.of(store));
    return new Admitter(parts, ids, () -> T0, new Admitter.Waits(Duration.ofMillis(500), now::get));
  }

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
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

  private static void hang(CountDownLatch until) {
    try {
      until.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }
}
