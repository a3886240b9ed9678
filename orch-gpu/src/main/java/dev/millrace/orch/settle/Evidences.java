package dev.millrace.orch.settle;

import dev.millrace.ledger.receipt.Billing;
import dev.millrace.ledger.receipt.ReceiptCheck;
import dev.millrace.orch.journal.Attempt;
import dev.millrace.schema.function.Price;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.ledger.LedgerEntry;
import dev.millrace.schema.ledger.Money;
import dev.millrace.schema.run.Manifest;
import dev.millrace.schema.run.Order;
import java.time.Instant;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The one ledger entry of each ended attempt: its receipt when that holds, else why there is none.
 */
public final class Evidences {
  private final ProviderKeys providers;
  private final Function<Attempt, Order> orders;

  /**
   * @param orders the order that the journal keeps with an attempt
   */
  public Evidences(ProviderKeys providers, Function<Attempt, Order> orders) {
    this.providers = providers;
    this.orders = orders;
  }

  /** What an attempt was ordered to do. */
  Order order(Attempt attempt) {
    return orders.apply(attempt);
  }

  /** An entry by the receipt that a run's manifest carries. */
  LedgerEntry attested(Attempt attempt, Order order, Manifest manifest, Instant now) {
    RunRef run = manifest.run();
    Instant staged = staged(attempt);
    ReceiptCheck.Expected expected =
        new ReceiptCheck.Expected(attempt.provider(), run, order.slices(), staged, now);
    return switch (ReceiptCheck.check(
        manifest.receipt(), expected, providers.of(attempt.provider()))) {
      case ReceiptCheck.Accepted accepted -> {
        Money price = price(order);
        yield new LedgerEntry(
            attempt.id(),
            new LedgerEntry.Attested(manifest.receipt()),
            staged,
            now,
            price,
            Billing.amount(accepted.receipt(), staged, now, price).orElse(null));
      }
      case ReceiptCheck.Rejected(String reason) ->
          entry(attempt, "its receipt was not taken: " + reason, now);
    };
  }

  /** An entry without a receipt. */
  LedgerEntry unattested(Attempt attempt, String reason, Instant now) {
    return entry(attempt, reason, now);
  }

  private LedgerEntry entry(Attempt attempt, String reason, Instant now) {
    Money price = price(order(attempt));
    return new LedgerEntry(
        attempt.id(), new LedgerEntry.Unattested(reason), staged(attempt), now, price, null);
  }

  private static Instant staged(Attempt attempt) {
    return attempt.stagedAt() == null ? attempt.placedAt() : attempt.stagedAt();
  }

  private static @Nullable Money price(Order order) {
    Price price = order.function().spec().price();
    return price == null ? null : price.perMibSecond();
  }
}
