package dev.millrace.orch.up;

import static dev.millrace.orch.journal.Story.T0;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.intake.Catalog;
import dev.millrace.orch.intake.Intake;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.Story;
import dev.millrace.orch.journal.Transition.DeployFunction;
import dev.millrace.orch.journal.sql.SqlJournal;
import dev.millrace.orch.observe.Bell;
import dev.millrace.orch.observe.Recorder;
import dev.millrace.orch.rig.MemoryStore;
import dev.millrace.schema.function.DeployedFunction;
import dev.millrace.schema.object.StoreId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When buckets are swept again, by how long it took and whether it worked. */
final class StoreSweepsTest {
  private static final Duration INTERVAL = Duration.ofSeconds(30);

  @TempDir private Path folder;
  private final MemoryStore store = new MemoryStore(() -> T0);
  private final Map<String, Duration> takes = new HashMap<>();
  private final Map<String, List<Long>> begun = new HashMap<>();
  private boolean failing;
  private long nanos = 17;
  private Journal journal;
  private Catalog catalog;
  private StoreSweeps sweeps;

  @BeforeEach
  void start() {
    journal = SqlJournal.sqlite(folder.resolve("journal.db"));
    reads("quick");
    reads("large");
    store.beforeLists(bucket -> {
      begun.computeIfAbsent(bucket, b -> new ArrayList<>()).add(seconds());
      nanos += takes.getOrDefault(bucket, Duration.ZERO).toNanos();
      if (failing && bucket.equals("large")) {
        throw new IllegalStateException("cannot be listed in this test");
      }
    });
    catalog = new Catalog(journal);
    Intake intake = new Intake(catalog, journal, new Recorder(journal), new Bell());
    sweeps =
        new StoreSweeps(
            StoreId.EMBEDDED,
            new StoreSweeps.Sources(id -> Optional.of(store), intake),
            INTERVAL,
            () -> T0,
            () -> nanos);
  }

  @AfterEach
  void stop() {
    journal.close();
  }

  private long seconds() {
    return nanos / 1_000_000_000L;
  }

  private void reads(String bucket) {
    DeployedFunction function = Story.reading(StoreId.EMBEDDED, bucket);
    new Story(journal).done(new DeployFunction(function, List.of()));
  }

  /** Half a second after the other, as the loop asks. */
  private void until(long second) {
    while (seconds() < second) {
      sweeps.pass(catalog.watched());
      nanos += Duration.ofMillis(500).toNanos();
    }
  }

  private List<Long> begun(String bucket) {
    return begun.getOrDefault(bucket, List.of());
  }

  @Test
  void aQuickSweepIsMadeOnceAnInterval() {
    until(100);

    assertThat(begun("quick")).containsExactly(0L, 30L, 60L, 90L);
    assertThat(begun("large")).isEqualTo(begun("quick"));
  }

  @Test
  void oneThatTakesLongTakesATwentiethOfTheTimeAndTheOtherIsSweptAsBefore() {
    takes.put("large", Duration.ofSeconds(4));
    until(170);

    assertThat(begun("large")).containsExactly(0L, 80L, 160L);
    assertThat(begun("quick")).hasSize(6);
  }

  @Test
  void oneThatFailsIsTriedAgainAnIntervalLaterHoweverLongItTook() {
    takes.put("large", Duration.ofSeconds(10));
    failing = true;
    until(100);
    assertThat(begun("large")).containsExactly(0L, 40L, 80L);
    assertThat(begun("quick").size()).isBetween(3, 4);

    failing = false;
    takes.clear();
    until(200);
    assertThat(begun("large").subList(3, 5)).as("as often as before").containsExactly(120L, 150L);
  }

  @Test
  void oneThatWasSlowOnceIsSweptAsOftenAsBeforeWhenItIsQuickAgain() {
    takes.put("large", Duration.ofSeconds(3));
    until(10);
    takes.clear();
    until(130);

    assertThat(begun("large")).containsExactly(0L, 60L, 90L, 120L);
  }

  @Test
  void aStoreThatDoesNotAnswerIsWaitedForOnceAndItsOtherBucketsArePassedOver() {
    reads("third");
    catalog.refresh();
    store.silenceLists(bucket -> true);
    List.of("quick", "large", "third").forEach(b -> takes.put(b, Duration.ofSeconds(10)));

    until(100);

    assertThat(begun.values().stream().flatMap(List::stream).toList())
        .containsExactlyInAnyOrder(0L, 40L, 80L);
    assertThat(begun).as("each in its turn").hasSize(3);
  }

  @Test
  void whenItAnswersAgainAllThatIsDueIsSweptAtOnce() {
    store.silenceLists(bucket -> true);
    takes.put("quick", Duration.ofSeconds(10));
    takes.put("large", Duration.ofSeconds(10));
    until(30);
    store.silenceLists(bucket -> false);
    takes.clear();

    until(45);

    assertThat(begun("quick")).contains(40L);
    assertThat(begun("large")).contains(40L);
  }

  @Test
  void oneBucketThatNeverAnswersHoldsUpTheOthersForOneTryAnInterval() {
    store.silenceLists("large"::equals);
    takes.put("large", Duration.ofSeconds(10));

    until(200);

    assertThat(begun("quick")).endsWith(40L, 80L, 120L, 160L);
    assertThat(begun("large")).hasSize(5);
  }

  @Test
  void aRefusalAtOnceHoldsUpNoOtherBucket() {
    store.silenceLists("large"::equals);

    until(100);

    assertThat(begun("quick")).containsExactly(0L, 30L, 60L, 90L);
    assertThat(begun("large")).isEqualTo(begun("quick"));
  }
}
