package dev.millrace.runtime.unit;

import dev.millrace.schema.object.UploadStep;
import java.time.Duration;

/**
 * How bytes are moved.
 *
 * @param partsAbove files of more bytes are uploaded in parts
 * @param partBytes of one part, where so many suffice
 * @param stall how long no byte may move before a transfer is broken off and tried again
 * @param outputsMax bytes of all outputs of one run
 */
public record TransferRules(long partsAbove, long partBytes, Duration stall, long outputsMax) {
  /** Parts of 64 MiB above 1 GiB, two minutes of standstill, outputs of 5 TiB. */
  public static final TransferRules DEFAULT =
      new TransferRules(1L << 30, 64L << 20, Duration.ofMinutes(2), UploadStep.OBJECT_BYTES_MAX);

  public TransferRules {
    if (partsAbove < 1 || partsAbove > UploadStep.PART_BYTES_MAX || partBytes < 1) {
      throw new IllegalArgumentException(
          "uploads need parts above 1 byte to 5 GiB, of 1 byte or more: "
              + partsAbove
              + ", "
              + partBytes);
    }
    if (!stall.isPositive() || outputsMax < 0) {
      throw new IllegalArgumentException(
          "a transfer's standstill must be more than 0 and outputs 0 bytes or more: "
              + stall
              + ", "
              + outputsMax);
    }
  }
}
