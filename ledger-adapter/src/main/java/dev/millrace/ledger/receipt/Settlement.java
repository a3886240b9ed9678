package dev.millrace.ledger.receipt;

import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.json.MalformedJson;
import dev.millrace.schema.ledger.LedgerEntry;
import dev.millrace.schema.ledger.Money;
import dev.millrace.schema.ledger.Receipt;
import java.math.BigInteger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Totals of a period, recomputed from receipts and prices alone.
 *
 * @param from first instant of the period
 * @param to first instant after it
 * @param totals by provider, then currency
 * @param unattested number of attempts without a receipt
 * @param disputed attempts whose billed amount is not what their receipt and price give, or whose
 *     receipt cannot be read: they are in no total
 */
public record Settlement(
    Instant from, Instant to, List<Total> totals, long unattested, List<AttemptId> disputed) {
  public Settlement {
    totals = List.copyOf(totals);
    disputed = List.copyOf(disputed);
  }

  /**
   * What one provider did in one currency.
   *
   * @param runs number of runs
   * @param mibSeconds whole MiB-seconds of real devices, rounded down
   * @param amount null for runs that cost nothing
   */
  public record Total(
      ProviderId provider, long runs, BigInteger mibSeconds, @Nullable Money amount) {}

  private record Account(String provider, String currency) {}

  /**
   * Settles a period. An entry counts when its attempt ended in it; each attempt counts once.
   *
   * @throws ArithmeticException when a total does not fit into 64 bits of nano-units
   */
  public static Settlement of(Iterable<LedgerEntry> entries, Instant from, Instant to) {
    Comparator<Account> order =
        Comparator.comparing(Account::provider).thenComparing(Account::currency);
    Map<Account, Sum> sums = new TreeMap<>(order);
    Set<AttemptId> seen = new HashSet<>();
    List<AttemptId> disputed = new ArrayList<>();
    long unattested = 0;
    for (LedgerEntry entry : entries) {
      if (entry.endedAt().isBefore(from)
          || !entry.endedAt().isBefore(to)
          || !seen.add(entry.attempt())) {
        continue;
      }
      switch (entry.evidence()) {
        case LedgerEntry.Unattested none -> unattested++;
        case LedgerEntry.Attested attested -> {
          if (!count(entry, attested, sums)) {
            disputed.add(entry.attempt());
          }
        }
      }
    }
    return new Settlement(
        from, to, sums.values().stream().map(Sum::total).toList(), unattested, disputed);
  }

  private static boolean count(
      LedgerEntry entry, LedgerEntry.Attested attested, Map<Account, Sum> sums) {
    try {
      Receipt receipt = Json.read(attested.receipt().bytes(), Receipt.class);
      Optional<Money> right = Billing.amount(receipt, entry);
      if (!Objects.equals(right.orElse(null), entry.billed())) {
        return false;
      }
      String currency = right.map(Money::currency).orElse("");
      sums.computeIfAbsent(
              new Account(receipt.provider().value(), currency),
              account -> new Sum(receipt.provider(), currency))
          .add(Billing.mibMillis(receipt, entry.stagedAt(), entry.endedAt()), right);
      return true;
    } catch (MalformedJson | ArithmeticException e) {
      return false;
    }
  }

  private static final class Sum {
    private final ProviderId provider;
    private final String currency;
    private long runs;
    private long nanos;
    private BigInteger mibMillis = BigInteger.ZERO;

    Sum(ProviderId provider, String currency) {
      this.provider = provider;
      this.currency = currency;
    }

    void add(BigInteger used, Optional<Money> amount) {
      runs++;
      mibMillis = mibMillis.add(used);
      nanos = Math.addExact(nanos, amount.map(Money::nanos).orElse(0L));
    }

    Total total() {
      return new Total(
          provider,
          runs,
          mibMillis.divide(BigInteger.valueOf(1000)),
          currency.isEmpty() ? null : new Money(nanos, currency));
    }
  }
}
