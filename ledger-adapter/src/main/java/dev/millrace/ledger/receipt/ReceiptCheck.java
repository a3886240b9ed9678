package dev.millrace.ledger.receipt;

import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.json.MalformedJson;
import dev.millrace.schema.ledger.Receipt;
import dev.millrace.schema.run.SliceGrant;
import dev.millrace.schema.sign.SignedBytes;
import dev.millrace.schema.sign.TrustedKeys;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Judges a receipt before it settles a run. */
public final class ReceiptCheck {
  /** Digests in a receipt are HMAC-SHA-256 in hex, or empty where there was nothing to digest. */
  private static final Pattern DIGEST = Pattern.compile("([0-9a-f]{64})?");

  private static final Pattern OUTCOME = Pattern.compile("[a-z][a-z-]{0,31}");
  private static final int LONGEST = 256 * 1024;

  private ReceiptCheck() {}

  /** What a receipt is worth. */
  public sealed interface Checked {}

  /**
   * It settles the run.
   *
   * @param billable the receipt's time, cut to the coordinator's span
   */
  public record Accepted(Receipt receipt, Duration billable) implements Checked {}

  /** It settles nothing. */
  public record Rejected(String reason) implements Checked {}

  /**
   * What the coordinator knows of the run.
   *
   * @param run the attempt's winning run with its token
   * @param slices what was granted
   * @param stagedAt the coordinator's clock
   * @param endedAt the coordinator's clock
   */
  public record Expected(
      ProviderId provider, RunRef run, List<SliceGrant> slices, Instant stagedAt, Instant endedAt) {
    public Expected {
      slices = List.copyOf(slices);
    }
  }

  /** Judges a signed receipt against what is known of its run. */
  public static Checked check(SignedBytes signed, Expected expected, TrustedKeys keys) {
    if (signed.bytes().length > LONGEST) {
      return new Rejected("the receipt is longer than " + LONGEST + " bytes");
    }
    if (!keys.verify(Receipt.TYPE, signed)) {
      return new Rejected(
          "the receipt is not signed as "
              + Receipt.TYPE
              + " by a key of provider "
              + expected.provider()
              + ": it is "
              + signed);
    }
    Receipt receipt;
    try {
      receipt = Json.read(signed.bytes(), Receipt.class);
    } catch (MalformedJson e) {
      return new Rejected("the receipt cannot be read: " + e.getMessage());
    }
    Optional<String> reason = wrong(receipt, expected);
    if (reason.isPresent()) {
      return new Rejected(reason.get());
    }
    return new Accepted(
        receipt, Billing.billable(receipt, expected.stagedAt(), expected.endedAt()));
  }

  private static Optional<String> wrong(Receipt receipt, Expected expected) {
    if (!receipt.provider().equals(expected.provider())) {
      return Optional.of(
          "the receipt is of provider "
              + receipt.provider()
              + ", the run was staged to "
              + expected.provider());
    }
    if (!receipt.run().equals(expected.run())) {
      return Optional.of(
          "the receipt speaks of run " + receipt.run() + ", not of " + expected.run());
    }
    List<Receipt.DeviceUse> granted = new ArrayList<>(expected.slices().size());
    for (SliceGrant grant : expected.slices()) {
      granted.add(
          new Receipt.DeviceUse(
              grant.address(), grant.slice().memory(), grant.enforcement(), grant.simulated()));
    }
    if (!sameInAnyOrder(granted, receipt.devices())) {
      return Optional.of(
          "the receipt names devices " + receipt.devices() + ", granted were " + granted);
    }
    return shapes(receipt);
  }

  private static Optional<String> shapes(Receipt receipt) {
    if (!OUTCOME.matcher(receipt.outcome()).matches()) {
      return Optional.of("the receipt's outcome is not a name of one");
    }
    List<String> digests = new ArrayList<>(receipt.outputDigests());
    digests.add(receipt.inputDigest());
    digests.add(receipt.functionDigest());
    for (String digest : digests) {
      if (!DIGEST.matcher(digest).matches()) {
        return Optional.of("a digest of the receipt is not 64 hex digits");
      }
    }
    return Optional.empty();
  }

  private static boolean sameInAnyOrder(
      List<Receipt.DeviceUse> granted, List<Receipt.DeviceUse> used) {
    List<Receipt.DeviceUse> rest = new ArrayList<>(granted);
    for (Receipt.DeviceUse device : used) {
      if (!rest.remove(device)) {
        return false;
      }
    }
    return rest.isEmpty();
  }
}
