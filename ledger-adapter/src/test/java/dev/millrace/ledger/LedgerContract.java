package dev.millrace.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.ledger.Checkpoint;
import dev.millrace.schema.ledger.Ledger;
import dev.millrace.schema.ledger.Ledger.Appended;
import dev.millrace.schema.ledger.Ledger.Verification;
import dev.millrace.schema.ledger.LedgerEntry;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every ledger does. */
public abstract class LedgerContract {
  protected final FakeProvider provider = new FakeProvider("here");
  protected Ledger ledger;

  /** A new, empty ledger that knows the keys of {@link #provider}. */
  protected abstract Ledger create() throws IOException;

  @BeforeEach
  final void open() throws IOException {
    ledger = create();
  }

  @AfterEach
  final void close() throws IOException {
    ledger.close();
  }

  @Test
  void anEmptyLedgerIsSoundAndProvesNothing() throws IOException {
    assertThat(ledger.entries(0, 10)).isEmpty();
    assertThat(ledger.checkpoint().size()).isZero();
    assertThat(ledger.prove(0)).isEmpty();
    assertThat(ledger.prove(-1)).isEmpty();
    assertThat(ledger.verify(null)).isInstanceOf(Verification.Sound.class);
  }

  @Test
  void entriesComeBackAsTheyWere() throws IOException {
    List<LedgerEntry> entries =
        List.of(provider.entry(1), FakeProvider.unattested(2), provider.entry(3));

    assertThat(ledger.append(entries))
        .containsExactly(new Appended.New(0), new Appended.New(1), new Appended.New(2));

    assertThat(ledger.entries(0, 10)).extracting(Ledger.Recorded::entry).isEqualTo(entries);
    assertThat(ledger.entries(1, 1)).extracting(Ledger.Recorded::index).containsExactly(1L);
    assertThat(ledger.entries(3, 1)).isEmpty();
    assertThat(ledger.entries(Long.MAX_VALUE, 10_000)).isEmpty();
    assertThat(ledger.verify(null)).isInstanceOf(Verification.Sound.class);
  }

  @Test
  void anAttemptsEntryIsFoundByItsName() throws IOException {
    List<LedgerEntry> entries =
        List.of(FakeProvider.unattested(7), provider.entry(1), FakeProvider.unattested(2));
    assertThat(ledger.entryOf(entries.getFirst().attempt())).isEmpty();
    ledger.append(entries);

    for (int i = 0; i < entries.size(); i++) {
      Ledger.Recorded found = ledger.entryOf(entries.get(i).attempt()).orElseThrow();
      assertThat(found).usingRecursiveComparison().isEqualTo(ledger.entries(i, 1).getFirst());
      assertThat(found.entry()).isEqualTo(entries.get(i));
    }
    AttemptId first = entries.getFirst().attempt();
    assertThat(ledger.entryOf(new AttemptId(first.job(), first.number() + 1))).isEmpty();
  }

  @Test
  void theSameEntryAgainIsKnown() throws Exception {
    LedgerEntry entry = provider.entry(1);
    ledger.append(List.of(FakeProvider.unattested(0), entry));
    LedgerEntry readBack = Json.read(Json.bytes(entry), LedgerEntry.class);

    assertThat(ledger.append(List.of(readBack, FakeProvider.unattested(2), readBack)))
        .containsExactly(new Appended.Known(1), new Appended.New(2), new Appended.Known(1));
    assertThat(ledger.entries(0, 10)).hasSize(3);
  }

  @Test
  void anotherEntryOfTheSameAttemptIsAConflict() throws IOException {
    ledger.append(List.of(provider.entry(1)));
    LedgerEntry inOneCall = FakeProvider.unattested(5);
    LedgerEntry other =
        new LedgerEntry(
            inOneCall.attempt(), inOneCall.evidence(), Instant.EPOCH, Instant.EPOCH, null, null);

    assertThat(ledger.append(List.of(FakeProvider.unattested(1), inOneCall, other, inOneCall)))
        .containsExactly(
            new Appended.Conflict(0),
            new Appended.New(1),
            new Appended.Conflict(1),
            new Appended.Known(1));
    assertThat(ledger.entries(0, 10)).hasSize(2);
    assertThat(ledger.entries(0, 1).getFirst().entry().evidence())
        .isInstanceOf(LedgerEntry.Attested.class);
  }

  @Test
  void manyThreadsAppendEachAttemptOnce() throws Exception {
    List<Callable<Long>> callers = new ArrayList<>();
    for (int caller = 0; caller < 32; caller++) {
      int shift = caller;
      callers.add(() -> {
        long fresh = 0;
        for (int i = 0; i < 50; i++) {
          LedgerEntry entry = FakeProvider.unattested((i + shift * 25L) % 200);
          fresh += ledger.append(List.of(entry)).getFirst() instanceof Appended.New ? 1 : 0;
        }
        return fresh;
      });
    }
    long fresh = 0;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Long> done : threads.invokeAll(callers)) {
        fresh += done.get();
      }
    }

    assertThat(fresh).isEqualTo(200);
    assertThat(ledger.entries(0, 1000)).hasSize(200);
    assertThat(ledger.entries(0, 1000).stream().map(r -> r.entry().attempt()).distinct())
        .hasSize(200);
    assertThat(ledger.verify(null)).isInstanceOf(Verification.Sound.class);
  }

  @Test
  void verifyingTellsHowFarItIsAndEndsWhenNobodyWants() throws IOException {
    List<LedgerEntry> entries = new ArrayList<>();
    for (int i = 0; i < 3_000; i++) {
      entries.add(FakeProvider.unattested(i));
    }
    ledger.append(entries);
    List<Long> told = new ArrayList<>();

    assertThat(ledger.verify(null, told::add)).isInstanceOf(Verification.Sound.class);

    assertThat(told).hasSizeGreaterThan(1).isSorted().allMatch(done -> done < 3_000);
    assertThatThrownBy(() ->
            ledger.verify(
                null,
                done -> {
                  throw new IllegalStateException("enough");
                }))
        .hasMessage("enough");
    assertThat(ledger.verify(null)).isInstanceOf(Verification.Sound.class);
  }

  @Test
  void aLaterLedgerAgreesWithAnEarlierCheckpoint() throws IOException {
    ledger.append(List.of(provider.entry(0), provider.entry(1), provider.entry(2)));
    Checkpoint early = ledger.checkpoint();
    ledger.append(List.of(provider.entry(3), provider.entry(4)));

    assertThat(early.size()).isEqualTo(3);
    assertThat(ledger.checkpoint().size()).isEqualTo(5);
    assertThat(ledger.verify(early))
        .isEqualTo(new Verification.Sound(5, ledger.checkpoint().rootHash()));
  }

  @Test
  void aCheckpointOfAnotherSizeRootOrKeyIsNotBelieved() throws IOException {
    ledger.append(List.of(provider.entry(0), provider.entry(1)));
    Checkpoint good = ledger.checkpoint();
    String note = good.note();

    assertThat(ledger.verify(new Checkpoint(good.origin(), 1, good.rootHash(), note)))
        .isInstanceOf(Verification.Broken.class);
    assertThat(ledger.verify(new Checkpoint(good.origin(), 2, "00".repeat(32), note)))
        .isInstanceOf(Verification.Broken.class);
    assertThat(
            ledger.verify(
                new Checkpoint(good.origin(), 3, good.rootHash(), note.replace("\n2\n", "\n3\n"))))
        .isInstanceOf(Verification.Broken.class);
    assertThat(ledger.verify(good)).isInstanceOf(Verification.Sound.class);
  }

  @Test
  void everyEntryHasAProof() throws IOException {
    for (int i = 0; i < 20; i++) {
      ledger.append(List.of(provider.entry(i)));
    }
    for (int i = 0; i < 20; i++) {
      Ledger.Proof proof = ledger.prove(i).orElseThrow();
      assertThat(proof.index()).isEqualTo(i);
      assertThat(proof.checkpoint().size()).isGreaterThan(i);
      assertThat(proof.leafHash()).isEqualTo(ledger.entries(i, 1).getFirst().leafHash());
    }
    assertThat(ledger.prove(20)).isEmpty();
  }
}
