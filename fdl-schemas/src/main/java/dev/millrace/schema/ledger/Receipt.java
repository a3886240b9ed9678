package dev.millrace.schema.ledger;

import dev.millrace.schema.fleet.Enforcement;
import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.id.RunRef;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a provider states of one run, and signs as {@code millrace.receipt.v1}. It holds ids,
 * digests, sizes and times; never names of buckets, keys or tenants. Digests are HMAC-SHA-256 under
 * a key of the job's own, in hex.
 *
 * @param sequence of this provider's receipts, from 1 without gaps
 * @param previous SHA-256 over the previous receipt's bytes in hex, 64 zeros for the first
 * @param outcome the outcome's name, for instance {@code succeeded}
 * @param exitCode of the function, null when it never ran to one
 * @param startedAt the provider's wall clock
 */
public record Receipt(
    ProviderId provider,
    long sequence,
    String previous,
    RunRef run,
    String outcome,
    @Nullable Integer exitCode,
    String inputDigest,
    List<String> outputDigests,
    String functionDigest,
    Instant startedAt,
    Instant stoppedAt,
    List<DeviceUse> devices) {
  /** Type tag of the signed form. */
  public static final String TYPE = "millrace.receipt.v1";

  /** What the first receipt of a provider names as its previous one. */
  public static final String NONE_BEFORE = "0".repeat(64);

  public Receipt {
    if (sequence < 1) {
      throw new IllegalArgumentException("receipt sequence starts at 1: " + sequence);
    }
    if (stoppedAt.isBefore(startedAt)) {
      throw new IllegalArgumentException("a run cannot stop before it starts: " + stoppedAt);
    }
    outputDigests = List.copyOf(outputDigests);
    devices = List.copyOf(devices);
  }

  /**
   * A device's part in a run.
   *
   * @param device its address, for instance a GPU's UUID
   * @param reserved memory that was held
   */
  public record DeviceUse(
      String device, MemoryMib reserved, Enforcement enforcement, boolean simulated) {}
}
