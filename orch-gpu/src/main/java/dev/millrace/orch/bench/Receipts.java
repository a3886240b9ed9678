package dev.millrace.orch.bench;

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
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A provider that signs a chain of receipts, on a simulated device. */
final class Receipts {
  private static final Instant START = Instant.parse("2026-03-01T10:00:00Z");
  private static final Money PRICE = new Money(7, "EUR");

  private final SigningKey key = SigningKey.generate();

  /** New ones each time: they remember what they have verified. */
  TrustedKeys keys() {
    return TrustedKeys.of(key.publicKey());
  }

  private static AttemptId attempt(int number) {
    return new AttemptId(new JobId("01jd%022d".formatted(number)), 1);
  }

  List<LedgerEntry> signed(int count) {
    List<LedgerEntry> entries = new ArrayList<>();
    String previous = Receipt.NONE_BEFORE;
    for (int i = 0; i < count; i++) {
      byte[] bytes = Json.bytes(receipt(i, previous));
      previous = Hex.of(Hex.sha256(bytes));
      entries.add(entry(i, new LedgerEntry.Attested(key.sign(Receipt.TYPE, bytes))));
    }
    return entries;
  }

  /** Entries of other attempts with the same evidence: for a log, which does not read it. */
  List<LedgerEntry> like(LedgerEntry one, int count) {
    List<LedgerEntry> entries = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      entries.add(entry(i, one.evidence()));
    }
    return entries;
  }

  private static LedgerEntry entry(int number, LedgerEntry.Evidence evidence) {
    Instant staged = START.plusSeconds(number);
    return new LedgerEntry(attempt(number), evidence, staged, staged.plusMillis(900), PRICE, null);
  }

  private static Receipt receipt(int number, String previous) {
    Instant from = START.plusSeconds(number).plusMillis(100);
    String digest = Hex.of(Hex.sha256(new byte[] {1}));
    return new Receipt(
        new ProviderId("bench"),
        number + 1L,
        previous,
        new RunRef(attempt(number), new RunId("01je%022d".formatted(number)), 1L + number),
        "succeeded",
        0,
        digest,
        List.of(digest),
        digest,
        from,
        from.plusMillis(500),
        List.of(new Receipt.DeviceUse("GPU-1", new MemoryMib(2048), Enforcement.DRIVER, true)));
  }

  /** Whether every signature is good, looked at on all processors. */
  boolean verified(List<LedgerEntry> entries) {
    List<SignedBytes> signed = new ArrayList<>();
    for (LedgerEntry entry : entries) {
      if (entry.evidence() instanceof LedgerEntry.Attested attested) {
        signed.add(attested.receipt());
      }
    }
    TrustedKeys keys = keys();
    return signed.parallelStream().allMatch(each -> keys.verify(Receipt.TYPE, each));
  }
}
