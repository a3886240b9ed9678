package dev.millrace.schema.ledger;

import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.sign.SignedBytes;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is appended for one ended attempt: exactly one entry each.
 *
 * @param stagedAt the coordinator's own clock when the order was staged
 * @param endedAt the coordinator's own clock when the output had arrived; billed time never exceeds
 *     {@code endedAt - stagedAt}
 * @param pricePerMibSecond the price in force when the attempt ended, so that {@code billed} can be
 *     recomputed from the receipt; null when the function has none
 * @param billed null when nothing is billed
 */
public record LedgerEntry(
    AttemptId attempt,
    Evidence evidence,
    Instant stagedAt,
    Instant endedAt,
    @Nullable Money pricePerMibSecond,
    @Nullable Money billed) {

  /** Who says what happened. */
  public sealed interface Evidence {}

  /** The provider's signed {@link Receipt}. */
  public record Attested(SignedBytes receipt) implements Evidence {}

  /** No receipt came; the coordinator says why. */
  public record Unattested(String reason) implements Evidence {}
}
