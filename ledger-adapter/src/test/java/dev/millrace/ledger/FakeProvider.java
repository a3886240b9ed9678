package dev.millrace.ledger;

import dev.millrace.ledger.receipt.Billing;
import dev.millrace.schema.fleet.Enforcement;
import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.ledger.LedgerEntry;
import dev.millrace.schema.ledger.Money;
import dev.millrace.schema.ledger.Receipt;
import dev.millrace.schema.sign.Hex;
import dev.millrace.schema.sign.SignedBytes;
import dev.millrace.schema.sign.SigningKey;
import dev.millrace.schema.sign.TrustedKeys;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A provider that signs a chain of receipts, one a second, each for a run of 500 ms. */
public final class FakeProvider {
  public static final Instant START = Instant.parse("2026-03-01T10:00:00Z");
  public static final Money PRICE = new Money(7, "EUR");

  private final ProviderId id;
  private final SigningKey key = SigningKey.generate();
  private long sequence;
  private String previous = Receipt.NONE_BEFORE;

  public FakeProvider(String id) {
    this.id = new ProviderId(id);
  }

  public ProviderId id() {
    return id;
  }

  public TrustedKeys keys() {
    return TrustedKeys.of(key.publicKey());
  }

  /** The first attempt of the n-th job. */
  public static AttemptId attempt(long n) {
    return new AttemptId(new JobId("01jd%022d".formatted(n)), 1);
  }

  public static RunRef run(long n) {
    return new RunRef(attempt(n), new RunId("01je%022d".formatted(n)), 1 + n);
  }

  public static Receipt.DeviceUse device() {
    return new Receipt.DeviceUse("GPU-1", new MemoryMib(2048), Enforcement.DRIVER, false);
  }

  /** The next receipt of this provider, for the n-th job. */
  public Receipt receipt(long n, Receipt.DeviceUse... devices) {
    return new Receipt(
        id,
        ++sequence,
        previous,
        run(n),
        "succeeded",
        0,
        Hex.of(Hex.sha256(new byte[] {1})),
        List.of(Hex.of(Hex.sha256(new byte[] {2}))),
        Hex.of(Hex.sha256(new byte[] {3})),
        START.plusSeconds(n),
        START.plusSeconds(n).plusMillis(500),
        List.of(devices));
  }

  public SignedBytes sign(Receipt receipt) {
    byte[] bytes = Json.bytes(receipt);
    previous = Hex.of(Hex.sha256(bytes));
    return key.sign(Receipt.TYPE, bytes);
  }

  /** A good entry of the n-th job. */
  public LedgerEntry entry(long n) {
    Receipt receipt = receipt(n, device());
    return entry(n, receipt);
  }

  public LedgerEntry entry(long n, Receipt receipt) {
    Instant staged = START.plusSeconds(n).minusMillis(100);
    Instant ended = staged.plus(Duration.ofMillis(900));
    return new LedgerEntry(
        receipt.run().attempt(),
        new LedgerEntry.Attested(sign(receipt)),
        staged,
        ended,
        PRICE,
        Billing.amount(receipt, staged, ended, PRICE).orElse(null));
  }

  /** An entry without a receipt. */
  public static LedgerEntry unattested(long n) {
    return new LedgerEntry(
        attempt(n),
        new LedgerEntry.Unattested("no receipt within 60 s"),
        START.plusSeconds(n),
        START.plusSeconds(n + 60),
        PRICE,
        null);
  }
}
