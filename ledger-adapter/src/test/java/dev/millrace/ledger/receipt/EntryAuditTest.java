package dev.millrace.ledger.receipt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.ledger.FakeProvider;
import dev.millrace.schema.fleet.Enforcement;
import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.ledger.Ledger.Problem;
import dev.millrace.schema.ledger.LedgerEntry;
import dev.millrace.schema.ledger.Money;
import dev.millrace.schema.ledger.Receipt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EntryAuditTest {
  private static final long DAY = Duration.ofDays(1).toSeconds();

  private final FakeProvider provider = new FakeProvider("here");

  private EntryAudit audit(List<LedgerEntry> entries) {
    EntryAudit audit =
        new EntryAudit(
            id -> id.equals(provider.id()) ? Optional.of(provider.keys()) : Optional.empty());
    for (int i = 0; i < entries.size(); i++) {
      audit.add(i, entries.get(i));
    }
    return audit;
  }

  private List<LedgerEntry> some(int count) {
    List<LedgerEntry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      entries.add(provider.entry(i));
    }
    return entries;
  }

  private static LedgerEntry billed(LedgerEntry old, @Nullable Money amount) {
    return new LedgerEntry(
        old.attempt(),
        old.evidence(),
        old.stagedAt(),
        old.endedAt(),
        old.pricePerMibSecond(),
        amount);
  }

  @Test
  void goodEntriesInAnyOrderAreSound() {
    List<LedgerEntry> entries = some(6);
    Collections.reverse(entries);

    assertThat(audit(entries).problems()).isEmpty();
    assertThat(audit(entries).gaps()).isEmpty();
    assertThat(audit(entries).receipts()).isEqualTo(6);
  }

  @Test
  void theBillIsMemoryTimesTimeTimesPrice() {
    assertThat(provider.entry(0).billed()).isEqualTo(new Money(2048 * 500 * 7 / 1000, "EUR"));
  }

  @Test
  void everyOtherBillIsAProblem() {
    LedgerEntry good = provider.entry(0);
    for (LedgerEntry bad :
        List.of(
            billed(good, new Money(7169, "EUR")),
            billed(good, new Money(7167, "EUR")),
            billed(good, new Money(7168, "USD")),
            billed(good, null))) {
      assertThat(audit(List.of(bad)).problems()).extracting(Problem::index).containsExactly(0L);
    }
    assertThat(audit(List.of(billed(FakeProvider.unattested(1), new Money(1, "EUR")))).problems())
        .hasSize(1);
  }

  @Test
  void aSimulatedDeviceThatIsBilledIsAProblem() {
    Receipt receipt =
        provider.receipt(
            0, new Receipt.DeviceUse("sim", new MemoryMib(2048), Enforcement.NONE, true));
    LedgerEntry entry = provider.entry(0, receipt);

    assertThat(entry.billed()).isNull();
    assertThat(audit(List.of(entry)).problems()).isEmpty();
    assertThat(audit(List.of(billed(entry, new Money(7168, "EUR")))).problems())
        .extracting(Problem::what)
        .allMatch(what -> what.contains("simulated"));
  }

  @Test
  void aGapIsShownAndIsAProblemWhenNothingAccountsForIt() {
    List<LedgerEntry> entries = some(4);
    LedgerEntry late = provider.entry(2 * DAY);
    List<LedgerEntry> gapped = List.of(entries.get(0), entries.get(3), late);

    assertThat(audit(gapped.subList(0, 2)).problems()).isEmpty();
    assertThat(audit(gapped).gaps()).containsExactly(new ReceiptChains.Gap(provider.id(), 2, 3, 1));
    assertThat(audit(gapped).problems())
        .containsExactly(
            new Problem(
                1,
                "gap in the receipts of provider here: sequences 2 to 3 are missing before this"
                    + " one"));
    List<LedgerEntry> excused = new ArrayList<>(gapped);
    excused.add(FakeProvider.unattested(1));
    excused.add(FakeProvider.unattested(2));
    assertThat(audit(excused).problems()).isEmpty();
  }

  /** The keys are looked up where they are kept: with 100,000 entries that must not be so often. */
  @Test
  void asksForAProvidersKeysOnce() {
    AtomicInteger asked = new AtomicInteger();
    EntryAudit audit =
        new EntryAudit(id -> {
          asked.incrementAndGet();
          return Optional.of(provider.keys());
        });
    List<LedgerEntry> entries = some(6);
    for (int i = 0; i < entries.size(); i++) {
      audit.add(i, entries.get(i));
    }

    assertThat(audit.problems()).isEmpty();
    assertThat(asked).hasValue(1);
  }

  @Test
  void aForkAReplayAndABrokenLinkAreLocated() {
    List<LedgerEntry> entries = some(2);
    List<LedgerEntry> replay = List.of(entries.get(0), entries.get(1), entries.get(1));
    assertThat(audit(replay).problems())
        .extracting(Problem::index)
        .contains(2L)
        .doesNotContain(0L, 1L);

    FakeProvider twin = new FakeProvider("here");
    List<LedgerEntry> fork = List.of(entries.get(0), entries.get(1), twin.entry(7));
    EntryAudit unsigned = new EntryAudit(ProviderKeys.none());
    for (int i = 0; i < fork.size(); i++) {
      unsigned.add(i, fork.get(i));
    }
    assertThat(unsigned.problems()).hasSize(1).allMatch(p -> p.what().startsWith("fork"));
    assertThat(unsigned.unverified()).isEqualTo(3);

    twin.entry(8);
    LedgerEntry third = twin.entry(9);
    assertThat(audit(List.of(entries.get(0), entries.get(1), third)).problems())
        .anyMatch(p -> p.index() == 2 && p.what().contains("names another previous receipt"))
        .anyMatch(p -> p.index() == 2 && p.what().contains("is not signed by a key"));
  }

  @Test
  void aReceiptOfAnotherAttemptIsLocated() {
    LedgerEntry good = provider.entry(0);
    LedgerEntry bad =
        new LedgerEntry(
            FakeProvider.attempt(5),
            good.evidence(),
            good.stagedAt(),
            good.endedAt(),
            good.pricePerMibSecond(),
            good.billed());
    assertThat(audit(List.of(bad)).problems()).anyMatch(p -> p.what().contains("of attempt"));
  }

  @Test
  void aSettlementAddsUpWhatReceiptsGiveAndNothingElse() {
    List<LedgerEntry> entries = new ArrayList<>(some(4));
    FakeProvider other = new FakeProvider("there");
    entries.add(other.entry(10));
    entries.add(FakeProvider.unattested(11));
    entries.add(entries.getFirst());
    entries.add(billed(provider.entry(12), new Money(1_000_000, "EUR")));
    entries.add(provider.entry(5 * DAY));

    Settlement settlement =
        Settlement.of(entries, FakeProvider.START, FakeProvider.START.plusSeconds(DAY));

    assertThat(settlement.totals())
        .extracting(
            total -> total.provider().value(), Settlement.Total::runs, Settlement.Total::amount)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("here", 4L, new Money(4 * 7168, "EUR")),
            org.assertj.core.groups.Tuple.tuple("there", 1L, new Money(7168, "EUR")));
    assertThat(settlement.totals().getFirst().mibSeconds()).isEqualTo(4096);
    assertThat(settlement.unattested()).isEqualTo(1);
    assertThat(settlement.disputed()).containsExactly(FakeProvider.attempt(12));
  }
}
