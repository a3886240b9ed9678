package dev.millrace.triggers.embedded.http;

import dev.millrace.triggers.embedded.checksum.ChecksumAlgorithm;
import dev.millrace.triggers.embedded.refusal.ErrorCode;
import dev.millrace.triggers.embedded.refusal.Refusal;
import dev.millrace.triggers.embedded.signature.PayloadHash;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;

/**
 * The checksum that a client wants kept with a body.
 *
 * @param value what the head says it is
 * @param trailer the trailing header that will say it
 */
record AnnouncedChecksum(
    Optional<ChecksumAlgorithm> algorithm, Optional<String> value, Optional<String> trailer) {

  /**
   * Reads the announcement.
   *
   * @param standard the algorithm when the client names none
   */
  static AnnouncedChecksum of(S3Call call, Optional<ChecksumAlgorithm> standard) {
    Optional<AnnouncedChecksum> inHead = inHead(call);
    Optional<String> trailer = trailer(call);
    if (inHead.isPresent() && trailer.isPresent()) {
      throw severalSums();
    }
    if (trailer.isPresent()) {
      Optional<ChecksumAlgorithm> algorithm = Optional.of(ofTrailer(trailer.get()));
      return new AnnouncedChecksum(algorithm, Optional.empty(), trailer);
    }
    return inHead.orElseGet(
        () -> new AnnouncedChecksum(named(call).or(() -> standard), Optional.empty(), trailer));
  }

  /** What is announced of the body where the head's checksum is that of the finished object. */
  static AnnouncedChecksum ofTrailerAlone(S3Call call) {
    Optional<String> trailer = trailer(call);
    return new AnnouncedChecksum(
        trailer.map(AnnouncedChecksum::ofTrailer), Optional.empty(), trailer);
  }

  /** The digest in a Base64 header; anything else there is refused. */
  static byte[] digest(String base64, int sizeBytes, Refusal otherwise) {
    try {
      byte[] value = Base64.getDecoder().decode(base64.strip());
      if (value.length == sizeBytes) {
        return value;
      }
    } catch (IllegalArgumentException e) {
      throw otherwise;
    }
    throw otherwise;
  }

  private static Optional<AnnouncedChecksum> inHead(S3Call call) {
    Optional<AnnouncedChecksum> found = Optional.empty();
    for (ChecksumAlgorithm algorithm : ChecksumAlgorithm.values()) {
      Optional<String> value = call.header(algorithm.header());
      if (value.isPresent()) {
        if (found.isPresent()) {
          throw severalSums();
        }
        Refusal otherwise =
            new Refusal(
                ErrorCode.INVALID_REQUEST, "Value for " + algorithm.header() + " is invalid.");
        digest(value.get(), algorithm.sizeBytes(), otherwise);
        found = Optional.of(new AnnouncedChecksum(Optional.of(algorithm), value, Optional.empty()));
      }
    }
    return found;
  }

  private static Optional<ChecksumAlgorithm> named(S3Call call) {
    return call.header("x-amz-sdk-checksum-algorithm")
        .or(() -> call.header("x-amz-checksum-algorithm"))
        .flatMap(ChecksumAlgorithm::named);
  }

  private static Optional<String> trailer(S3Call call) {
    boolean trailing = call.payload() instanceof PayloadHash.Chunked form && form.trailing();
    return call.head()
        .header("x-amz-trailer")
        .filter(name -> trailing)
        .map(name -> name.strip().toLowerCase(Locale.ROOT));
  }

  private static ChecksumAlgorithm ofTrailer(String name) {
    for (ChecksumAlgorithm algorithm : ChecksumAlgorithm.values()) {
      if (algorithm.header().equals(name)) {
        return algorithm;
      }
    }
    throw new Refusal(
        ErrorCode.INVALID_REQUEST,
        "The value specified in the x-amz-trailer header is not supported");
  }

  private static Refusal severalSums() {
    return new Refusal(ErrorCode.INVALID_REQUEST, "Expecting a single x-amz-checksum- header.");
  }
}
