package dev.millrace.orch.api.view;

import dev.millrace.schema.json.Json;
import dev.millrace.schema.json.MalformedJson;
import dev.millrace.schema.ledger.Ledger;
import dev.millrace.schema.ledger.LedgerEntry;
import dev.millrace.schema.ledger.Money;
import dev.millrace.schema.ledger.Receipt;
import dev.millrace.schema.sign.SignedBytes;
import java.time.Instant;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A ledger entry.
 *
 * @param bytes the entry as hashed, in base64: whoever doubts the rest can compute the leaf hash
 * @param evidence {@code attested} or {@code unattested}
 * @param reason why there is no receipt
 * @param receipt as it reads; its signature is in {@code bytes}
 */
public record EntryView(
    long index,
    String leafHash,
    String bytes,
    String job,
    int attempt,
    String evidence,
    @Nullable String reason,
    @Nullable Receipt receipt,
    Instant stagedAt,
    Instant endedAt,
    @Nullable Billed billed) {

  /** As the API writes it. */
  public static EntryView of(Ledger.Recorded recorded) {
    LedgerEntry entry = recorded.entry();
    Money money = entry.billed();
    return new EntryView(
        recorded.index(),
        recorded.leafHash(),
        Base64.getEncoder().encodeToString(recorded.bytes()),
        entry.attempt().job().value(),
        entry.attempt().number(),
        entry.evidence() instanceof LedgerEntry.Attested ? "attested" : "unattested",
        entry.evidence() instanceof LedgerEntry.Unattested(String why) ? why : null,
        entry.evidence() instanceof LedgerEntry.Attested(SignedBytes signed) ? read(signed) : null,
        entry.stagedAt(),
        entry.endedAt(),
        money == null ? null : new Billed(Long.toString(money.nanos()), money.currency()));
  }

  private static @Nullable Receipt read(SignedBytes signed) {
    try {
      return Json.read(signed.bytes(), Receipt.class);
    } catch (MalformedJson e) {
      return null;
    }
  }

  /**
   * Money.
   *
   * @param nanos whole nano-units, as text: they may not fit a script's number
   */
  public record Billed(String nanos, String currency) {}
}
