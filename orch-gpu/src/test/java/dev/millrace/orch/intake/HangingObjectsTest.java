package dev.millrace.orch.intake;

import static dev.millrace.orch.intake.TwoStores.FAR;
import static dev.millrace.orch.journal.Story.BUCKET;
import static dev.millrace.orch.journal.Story.STORE;
import static dev.millrace.orch.journal.Story.T0;
import static dev.millrace.orch.journal.Story.TENANT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.Story;
import dev.millrace.orch.journal.Transition.AcceptNotices;
import dev.millrace.orch.observe.Bell;
import dev.millrace.orch.observe.Recorder;
import dev.millrace.orch.rig.MemoryStore;
import dev.millrace.schema.id.Ulids;
import dev.millrace.schema.object.Notice;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.StoreId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * More objects than are looked at once more in a round, of which each look lasts ten seconds and
 * comes to nothing: eight at a time, so somewhat more than a second each. Whoever is well among
 * them is found.
 */
final class HangingObjectsTest {
  private static final int MANY = 600;
  private static final Duration A_LOOK = Duration.ofSeconds(10);
  private static final Duration SHARE_OF_A_LOOK = A_LOOK.dividedBy(8);

  @TempDir Path folder;
  private final Ulids ids = new Ulids(() -> T0, new Random(3));
  private final AtomicLong now = new AtomicLong();
  private final Set<String> hanging = ConcurrentHashMap.newKeySet();
  private final Set<String> asked = ConcurrentHashMap.newKeySet();
  private final AtomicInteger looks = new AtomicInteger();
  private final MemoryStore far = new MemoryStore(() -> T0);
  private final MemoryStore store = hanging(new MemoryStore(() -> T0));

  @Test
  void oneThatFailedOnceIsLookedAtBeforeThoseThatFailAgainAndAgain() throws Exception {
    try (Journal journal = TwoStores.journal(folder);
        Admitter admitter = admitter(journal)) {
      hangMany(journal, admitter);
      untilAsked(admitter, Set.copyOf(hanging));
      untilAsked(admitter, Set.copyOf(hanging));
      looks.set(0);
      hanging.add("well.fa");
      notice(journal, "well.fa");
      untilAsked(admitter, Set.of("well.fa"));
      hanging.remove("well.fa");

      int rounds = untilAdmitted(admitter, journal, 2);

      assertThat(rounds).as("rounds with a look of ten seconds").isLessThanOrEqualTo(3);
      assertThat(looks).hasValueLessThan(30);
    }
  }

  @Test
  void oneThatFailedAsOftenAsTheOthersHasItsTurn() throws Exception {
    try (Journal journal = TwoStores.journal(folder);
        Admitter admitter = admitter(journal)) {
      hangMany(journal, admitter);
      String last = MANY - 1 + ".fa";
      store.put(BUCKET, last, "x");
      hanging.remove(last);

      untilAdmitted(admitter, journal, 2);

      assertThat(looks).as("looks at those that hang").hasValueLessThan(2 * MANY);
    }
  }

  @Test
  void oneOfAnotherStoreDoesNotWaitForThem() throws Exception {
    AtomicBoolean once = new AtomicBoolean(true);
    far.beforeHeads(key -> asked.add(key));
    far.silenceHeads(key -> once.getAndSet(false));
    try (Journal journal = TwoStores.journal(folder);
        Admitter admitter = admitter(journal)) {
      hangMany(journal, admitter);
      notice(journal, far, FAR, "other.fa");
      untilAsked(admitter, Set.of("other.fa"));

      assertThat(untilAdmitted(admitter, journal, 2)).isLessThanOrEqualTo(3);
    }
  }

  /** All of them are looked at, and one that is well says that the store is there. */
  private void hangMany(Journal journal, Admitter admitter) throws InterruptedException {
    List<Notice> notices = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      hanging.add(i + ".fa");
      notices.add(Story.notice(i + ".fa"));
    }
    new Story(journal).done(new AcceptNotices(TENANT, notices));
    untilAsked(admitter, Set.copyOf(hanging));
    notice(journal, "sign.fa");
    assertThat(untilAdmitted(admitter, journal, 1)).as("the newest is asked for").isLessThan(4);
    looks.set(0);
  }

  private void notice(Journal journal, String key) {
    notice(journal, store, STORE, key);
  }

  private static void notice(Journal journal, MemoryStore into, StoreId id, String key) {
    into.put(BUCKET, key, "x");
    ObjectName name = new ObjectName(id, BUCKET, key);
    new Story(journal).done(new AcceptNotices(TENANT, List.of(new Notice("test", name, null, T0))));
  }

  private MemoryStore hanging(MemoryStore of) {
    of.beforeHeads(key -> {
      asked.add(key);
      if (hanging.contains(key)) {
        looks.incrementAndGet();
        now.addAndGet(SHARE_OF_A_LOOK.toNanos());
      }
    });
    of.silenceHeads(hanging::contains);
    return of;
  }

  private void untilAsked(Admitter admitter, Set<String> keys) throws InterruptedException {
    asked.clear();
    for (int round = 0; round < 1000 && !asked.containsAll(keys); round++) {
      round(admitter);
      now.addAndGet(Pauses.LONGEST.toNanos());
    }
    assertThat(asked).containsAll(keys);
  }

  /** How many rounds it takes. */
  private int untilAdmitted(Admitter admitter, Journal journal, int jobs)
      throws InterruptedException {
    int rounds = 0;
    while (rounds < 1000 && journal.counts(TENANT).getOrDefault(JobState.WAITING, 0L) < jobs) {
      round(admitter);
      rounds++;
    }
    assertThat(journal.counts(TENANT)).containsEntry(JobState.WAITING, (long) jobs);
    return rounds;
  }

  private void round(Admitter admitter) throws InterruptedException {
    Bell bell = new Bell();
    bell.ring();
    admitter.round(bell);
    now.addAndGet(Duration.ofSeconds(1).toNanos());
  }

  private Admitter admitter(Journal journal) {
    Admitter.Parts parts =
        new Admitter.Parts(
            new Catalog(journal),
            journal,
            new Recorder(journal),
            id -> Optional.of(id.equals(FAR) ? far : store));
    // None of them waits in truth: what ends a batch is the time that they say they took.
    return new Admitter(parts, ids, () -> T0, new Admitter.Waits(A_LOOK, now::get));
  }
}
