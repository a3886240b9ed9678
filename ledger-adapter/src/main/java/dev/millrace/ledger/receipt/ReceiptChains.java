package dev.millrace.ledger.receipt;

import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.ledger.Ledger.Problem;
import dev.millrace.schema.ledger.Receipt;
import dev.millrace.schema.sign.Hex;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Follows each provider's receipts by their sequence. Receipts may come in any order, since runs
 * end and settle in any order. A fork, a replay and a broken link are faults at once. A gap is
 * shown; it is a fault when it is older than a day, and no unattested entry can account for the
 * receipts that are missing (a receipt that comes after its attempt was given up is never
 * appended).
 */
public final class ReceiptChains {
  private static final Duration STILL_TO_COME = Duration.ofDays(1);

  private final Map<String, TreeMap<Long, Link>> chains = new TreeMap<>();
  private final List<Problem> problems = new ArrayList<>();
  private Instant newest = Instant.MIN;
  private long unattested;

  /**
   * Receipts that are missing.
   *
   * @param first sequence
   * @param last sequence
   * @param nextIndex index of the entry with the receipt that follows
   */
  public record Gap(ProviderId provider, long first, long last, long nextIndex) {}

  private record Link(long index, String hash, String previous, ProviderId provider, Instant at) {}

  /** Takes a receipt. */
  public void add(long index, Receipt receipt, byte[] bytes, Instant endedAt) {
    newest = newest.isAfter(endedAt) ? newest : endedAt;
    Link link =
        new Link(index, Hex.of(Hex.sha256(bytes)), receipt.previous(), receipt.provider(), endedAt);
    Link other =
        chains
            .computeIfAbsent(receipt.provider().value(), id -> new TreeMap<>())
            .putIfAbsent(receipt.sequence(), link);
    if (other != null) {
      problems.add(
          new Problem(
              index,
              (other.hash.equals(link.hash) ? "replay" : "fork")
                  + " in the receipts of provider "
                  + receipt.provider()
                  + ": sequence "
                  + receipt.sequence()
                  + " is at index "
                  + other.index
                  + " already"));
    }
  }

  /** Takes an entry without a receipt. */
  public void addUnattested(Instant endedAt) {
    newest = newest.isAfter(endedAt) ? newest : endedAt;
    unattested++;
  }

  /** What is missing, by provider and sequence. */
  public List<Gap> gaps() {
    return breaks().stream().map(Break::gap).toList();
  }

  private record Break(Gap gap, Link next) {}

  private List<Break> breaks() {
    List<Break> breaks = new ArrayList<>();
    for (TreeMap<Long, Link> chain : chains.values()) {
      long expected = 1;
      for (Map.Entry<Long, Link> entry : chain.entrySet()) {
        Link link = entry.getValue();
        if (entry.getKey() > expected) {
          Gap gap = new Gap(link.provider, expected, entry.getKey() - 1, link.index);
          breaks.add(new Break(gap, link));
        }
        expected = entry.getKey() + 1;
      }
    }
    return breaks;
  }

  /** What is wrong. */
  public List<Problem> problems() {
    List<Problem> all = new ArrayList<>(problems);
    for (TreeMap<Long, Link> chain : chains.values()) {
      links(chain, all);
    }
    long excuses = unattested;
    for (Break missing : breaks()) {
      excuses -= missing.gap.last - missing.gap.first + 1;
      boolean old = Duration.between(missing.next.at, newest).compareTo(STILL_TO_COME) > 0;
      if (excuses < 0 && old) {
        all.add(new Problem(missing.gap.nextIndex, text(missing.gap)));
      }
    }
    return all;
  }

  private static String text(Gap gap) {
    return "gap in the receipts of provider "
        + gap.provider
        + ": "
        + (gap.first == gap.last
            ? "sequence " + gap.first + " is"
            : "sequences " + gap.first + " to " + gap.last + " are")
        + " missing before this one";
  }

  private static void links(TreeMap<Long, Link> chain, List<Problem> all) {
    for (Map.Entry<Long, Link> entry : chain.entrySet()) {
      Link link = entry.getValue();
      Link before = chain.get(entry.getKey() - 1);
      String expected = entry.getKey() == 1 ? Receipt.NONE_BEFORE : null;
      if (before != null) {
        expected = before.hash;
      }
      if (expected != null && !expected.equals(link.previous)) {
        all.add(
            new Problem(
                link.index,
                "the receipt of provider "
                    + link.provider
                    + " with sequence "
                    + entry.getKey()
                    + " names another previous receipt than "
                    + (before == null ? "none" : "the one at index " + before.index)));
      }
    }
  }
}
