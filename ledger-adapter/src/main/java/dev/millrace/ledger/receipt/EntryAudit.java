package dev.millrace.ledger.receipt;

import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.json.MalformedJson;
import dev.millrace.schema.ledger.Ledger.Problem;
import dev.millrace.schema.ledger.LedgerEntry;
import dev.millrace.schema.ledger.Money;
import dev.millrace.schema.ledger.Receipt;
import dev.millrace.schema.sign.SignedBytes;
import dev.millrace.schema.sign.TrustedKeys;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Recomputes what entries say: one entry an attempt, the receipt's signature where the provider's
 * keys are known, that it speaks of the entry's attempt, the bill, the chains. Entries are given in
 * the order of the ledger, whichever ledger it is.
 */
public final class EntryAudit {
  private static final int TOGETHER = 512;

  private final ProviderKeys keys;
  private final ReceiptChains chains = new ReceiptChains();
  private final Map<AttemptId, Long> attempts = new HashMap<>();
  private final Map<ProviderId, Optional<TrustedKeys>> asked = new HashMap<>();
  private final List<Problem> problems = new ArrayList<>();
  private final List<Signature> signatures = new ArrayList<>();
  private long receipts;
  private long unverified;

  private record Signature(
      long index, TrustedKeys keys, ProviderId provider, SignedBytes receipt) {}

  public EntryAudit(ProviderKeys keys) {
    this.keys = keys;
  }

  /** Takes an entry. */
  public void add(long index, LedgerEntry entry) {
    Long other = attempts.putIfAbsent(entry.attempt(), index);
    if (other != null) {
      wrong(index, "attempt " + entry.attempt() + " has an entry already, at index " + other);
    }
    switch (entry.evidence()) {
      case LedgerEntry.Unattested none -> {
        chains.addUnattested(entry.endedAt());
        if (entry.billed() != null) {
          wrong(index, "an unattested run is billed " + text(entry.billed()));
        }
      }
      case LedgerEntry.Attested attested -> attested(index, entry, attested);
    }
  }

  private void attested(long index, LedgerEntry entry, LedgerEntry.Attested attested) {
    Receipt receipt;
    try {
      receipt = Json.read(attested.receipt().bytes(), Receipt.class);
    } catch (MalformedJson e) {
      wrong(index, "its receipt cannot be read: " + e.getMessage());
      return;
    }
    receipts++;
    Optional<TrustedKeys> trusted = asked.computeIfAbsent(receipt.provider(), keys::of);
    if (trusted.isPresent()) {
      signatures.add(new Signature(index, trusted.get(), receipt.provider(), attested.receipt()));
    } else {
      unverified++;
    }
    if (signatures.size() == TOGETHER) {
      verifySignatures();
    }
    if (!receipt.run().attempt().equals(entry.attempt())) {
      wrong(
          index,
          "its receipt is of attempt "
              + receipt.run().attempt()
              + ", the entry of "
              + entry.attempt());
    }
    chains.add(index, receipt, attested.receipt().bytes(), entry.endedAt());
    bill(index, entry, receipt);
  }

  /** Signatures are most of the work: all processors share it. */
  private void verifySignatures() {
    signatures.parallelStream()
        .filter(signature -> !signature.keys.verify(Receipt.TYPE, signature.receipt))
        .toList()
        .forEach(bad ->
            wrong(bad.index, "its receipt is not signed by a key of provider " + bad.provider));
    signatures.clear();
  }

  private void bill(long index, LedgerEntry entry, Receipt receipt) {
    Optional<Money> right;
    try {
      right = Billing.amount(receipt, entry);
    } catch (ArithmeticException e) {
      wrong(index, "its bill cannot be recomputed: " + e.getMessage());
      return;
    }
    if (Objects.equals(right.orElse(null), entry.billed())) {
      return;
    }
    boolean simulated =
        !receipt.devices().isEmpty()
            && receipt.devices().stream().allMatch(Receipt.DeviceUse::simulated);
    wrong(
        index,
        (simulated ? "a run on simulated devices" : "the run")
            + " is billed "
            + text(entry.billed())
            + ", its receipt and price give "
            + text(right.orElse(null)));
  }

  private static String text(@Nullable Money money) {
    return money == null ? "nothing" : money.nanos() + " nano-" + money.currency();
  }

  private void wrong(long index, String what) {
    problems.add(new Problem(index, what));
  }

  /** What is wrong so far. */
  public List<Problem> problems() {
    verifySignatures();
    List<Problem> all = new ArrayList<>(problems);
    all.addAll(chains.problems());
    return all;
  }

  /** Receipts that are missing, whether that is a fault or not. */
  public List<ReceiptChains.Gap> gaps() {
    return chains.gaps();
  }

  /** Number of receipts read. */
  public long receipts() {
    return receipts;
  }

  /** Number of receipts whose provider's keys are not known here. */
  public long unverified() {
    return unverified;
  }
}
