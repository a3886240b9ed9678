package dev.millrace.ledger.receipt;

import dev.millrace.schema.ledger.LedgerEntry;
import dev.millrace.schema.ledger.Money;
import dev.millrace.schema.ledger.Receipt;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a run costs: reserved MiB of its real devices x whole milliseconds x price of a MiB-second,
 * rounded down once, at the end. The time is the receipt's own length, cut to the coordinator's
 * span from staging to end; lengths are compared and not instants, since two clocks differ. A run
 * is billed when its function ran; simulated devices are never billed.
 */
public final class Billing {
  private static final Set<String> RAN =
      Set.of("succeeded", "failed", "timed-out", "out-of-memory");
  private static final BigInteger MILLIS = BigInteger.valueOf(1000);

  private Billing() {}

  /** Time that counts: never longer than the coordinator's span, never below zero. */
  public static Duration billable(Receipt receipt, Instant stagedAt, Instant endedAt) {
    Duration claimed = Duration.between(receipt.startedAt(), receipt.stoppedAt());
    Duration span = Duration.between(stagedAt, endedAt);
    Duration shorter = claimed.compareTo(span) <= 0 ? claimed : span;
    return shorter.isNegative() ? Duration.ZERO : Duration.ofMillis(shorter.toMillis());
  }

  /** Memory of the real devices x milliseconds; 0 when the function did not run. */
  public static BigInteger mibMillis(Receipt receipt, Instant stagedAt, Instant endedAt) {
    if (!RAN.contains(receipt.outcome())) {
      return BigInteger.ZERO;
    }
    BigInteger memory =
        receipt.devices().stream()
            .filter(device -> !device.simulated())
            .map(device -> BigInteger.valueOf(device.reserved().value()))
            .reduce(BigInteger.ZERO, BigInteger::add);
    return memory.multiply(BigInteger.valueOf(billable(receipt, stagedAt, endedAt).toMillis()));
  }

  /**
   * The amount of a run.
   *
   * @param perMibSecond null when the function has no price
   * @return empty when nothing is billed: no price, no real device, or nothing ran
   * @throws ArithmeticException when the amount does not fit into 64 bits of nano-units
   */
  public static Optional<Money> amount(
      Receipt receipt, Instant stagedAt, Instant endedAt, @Nullable Money perMibSecond) {
    BigInteger used = mibMillis(receipt, stagedAt, endedAt);
    if (perMibSecond == null || used.signum() == 0) {
      return Optional.empty();
    }
    if (perMibSecond.nanos() < 0) {
      throw new ArithmeticException("a price is negative: " + perMibSecond.nanos());
    }
    BigInteger nanos = used.multiply(BigInteger.valueOf(perMibSecond.nanos())).divide(MILLIS);
    return Optional.of(new Money(nanos.longValueExact(), perMibSecond.currency()));
  }

  /** What an entry must bill, recomputed from its own receipt and price. */
  static Optional<Money> amount(Receipt receipt, LedgerEntry entry) {
    return amount(receipt, entry.stagedAt(), entry.endedAt(), entry.pricePerMibSecond());
  }
}
