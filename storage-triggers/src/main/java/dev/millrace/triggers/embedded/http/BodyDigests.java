package dev.millrace.triggers.embedded.http;

import dev.millrace.triggers.embedded.checksum.Checksum;
import dev.millrace.triggers.embedded.checksum.ChecksumAlgorithm;
import dev.millrace.triggers.embedded.checksum.RunningChecksum;
import dev.millrace.triggers.embedded.refusal.ErrorCode;
import dev.millrace.triggers.embedded.refusal.Refusal;
import dev.millrace.triggers.embedded.signature.PayloadHash;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/** The digests that one body flows through, and what the client said that they would be. */
final class BodyDigests {
  private static final int MD5_BYTES = 16;

  private final RunningChecksum md5 = RunningChecksum.md5();
  private final Optional<RunningChecksum> sha256;
  private final Optional<RunningChecksum> checksum;
  private final Optional<byte[]> announcedMd5;
  private final AnnouncedChecksum announced;
  private final PayloadHash payload;

  BodyDigests(S3Call call, AnnouncedChecksum announced) {
    this.announced = announced;
    payload = call.payload();
    sha256 =
        payload instanceof PayloadHash.Exact
            ? Optional.of(RunningChecksum.of(ChecksumAlgorithm.SHA256))
            : Optional.empty();
    checksum = announced.algorithm().map(RunningChecksum::of);
    Refusal invalid =
        new Refusal(ErrorCode.INVALID_DIGEST, "The Content-MD5 you specified is not valid.");
    announcedMd5 =
        call.header("content-md5").map(text -> AnnouncedChecksum.digest(text, MD5_BYTES, invalid));
  }

  void update(byte[] bytes, int count) {
    md5.update(bytes, 0, count);
    if (checksum.isPresent()) {
      checksum.get().update(bytes, 0, count);
    }
    if (sha256.isPresent()) {
      sha256.get().update(bytes, 0, count);
    }
  }

  /** Holds the digests of the whole body against what was announced. */
  BodyReader.Received check(long size, Map<String, String> trailers) {
    checkSha256();
    byte[] value = md5.value();
    if (announcedMd5.isPresent() && !MessageDigest.isEqual(announcedMd5.get(), value)) {
      throw new Refusal(
          ErrorCode.BAD_DIGEST, "The Content-MD5 you specified did not match what we received.");
    }
    return new BodyReader.Received(size, HexFormat.of().formatHex(value), found(trailers));
  }

  private void checkSha256() {
    if (payload instanceof PayloadHash.Exact(String expected)
        && !sha256
            .map(sum -> HexFormat.of().formatHex(sum.value()))
            .equals(Optional.of(expected))) {
      throw new Refusal(
          ErrorCode.CONTENT_SHA256_MISMATCH,
          "The provided 'x-amz-content-sha256' header does not match what was computed.");
    }
  }

  private Optional<Checksum> found(Map<String, String> trailers) {
    if (checksum.isEmpty()) {
      return Optional.empty();
    }
    ChecksumAlgorithm algorithm = announced.algorithm().orElseThrow();
    String computed = Base64.getEncoder().encodeToString(checksum.get().value());
    Optional<String> expected =
        announced.trailer().map(name -> trailers.getOrDefault(name, "")).or(announced::value);
    if (expected.isPresent() && !expected.get().equals(computed)) {
      throw new Refusal(
          ErrorCode.BAD_DIGEST,
          "The " + algorithm + " you specified did not match the calculated checksum.");
    }
    return Optional.of(new Checksum(algorithm, Checksum.Kind.FULL_OBJECT, computed));
  }
}
