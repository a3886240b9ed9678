package dev.millrace.triggers.embedded.http;

import dev.millrace.triggers.embedded.checksum.Checksum;
import dev.millrace.triggers.embedded.checksum.ChecksumAlgorithm;
import dev.millrace.triggers.embedded.checksum.RunningChecksum;
import dev.millrace.triggers.embedded.refusal.ErrorCode;
import dev.millrace.triggers.embedded.refusal.Refusal;
import dev.millrace.triggers.embedded.signature.ChunkedBody;
import dev.millrace.triggers.embedded.signature.PayloadHash;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/** Reads bodies: streams them through their digests and holds these against what was announced. */
final class BodyReader {
  private static final int BUFFER_BYTES = 64 << 10;

  private BodyReader() {}

  /**
   * A body that is all there and is what the client said it is.
   *
   * @param md5 in hexadecimal digits
   */
  record Received(long size, String md5, Optional<Checksum> checksum) {}

  /** A checksum to compute and, where the head has it already, to find. */
  private record Announced(
      Optional<ChecksumAlgorithm> algorithm, Optional<String> value, Optional<String> trailer) {}

  /** Reads a small document into memory. */
  static byte[] readDocument(S3Call call, int maxBytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (call.head().header("content-length").isEmpty()
        && call.head().header("transfer-encoding").isEmpty()) {
      return new byte[0];
    }
    read(call, maxBytes, Optional.empty(), out);
    return out.toByteArray();
  }

  /**
   * Reads a body to its end.
   *
   * @param standard the checksum to compute when the client announced none
   * @throws Refusal when it is too large, cut off, or not what was announced; the sink's bytes are
   *     worthless then
   */
  static Received read(
      S3Call call, long maxBytes, Optional<ChecksumAlgorithm> standard, OutputStream sink)
      throws IOException {
    long length = length(call);
    if (length > maxBytes) {
      throw new Refusal(
          ErrorCode.ENTITY_TOO_LARGE,
          "The body has " + length + " bytes; at most " + maxBytes + " are allowed.");
    }
    Optional<byte[]> announcedMd5 = contentMd5(call);
    Announced announced = announced(call, standard);
    Optional<RunningChecksum> checksum = announced.algorithm().map(RunningChecksum::of);
    Optional<RunningChecksum> sha256 =
        call.payload() instanceof PayloadHash.Exact
            ? Optional.of(RunningChecksum.of(ChecksumAlgorithm.SHA256))
            : Optional.empty();
    RunningChecksum md5 = RunningChecksum.md5();
    Optional<ChunkedBody> chunked =
        call.payload() instanceof PayloadHash.Chunked form
            ? Optional.of(new ChunkedBody(call.body(), form))
            : Optional.empty();
    InputStream in = chunked.isPresent() ? chunked.get() : call.body();
    byte[] buffer = new byte[(int) Math.clamp(length + 1, 1, BUFFER_BYTES)];
    long size = 0;
    for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
      size += count;
      if (size > length) {
        throw new Refusal(ErrorCode.INCOMPLETE_BODY, "The body is longer than announced.");
      }
      md5.update(buffer, 0, count);
      if (checksum.isPresent()) {
        checksum.get().update(buffer, 0, count);
      }
      if (sha256.isPresent()) {
        sha256.get().update(buffer, 0, count);
      }
      sink.write(buffer, 0, count);
    }
    if (size != length) {
      throw new Refusal(
          ErrorCode.INCOMPLETE_BODY,
          "The body has " + size + " bytes, " + length + " were announced.");
    }
    if (sha256.isPresent()) {
      checkSha256(call, sha256.get().value());
    }
    byte[] md5Value = md5.value();
    if (announcedMd5.isPresent()
        && !java.security.MessageDigest.isEqual(announcedMd5.get(), md5Value)) {
      throw new Refusal(
          ErrorCode.BAD_DIGEST, "The Content-MD5 you specified did not match what we received.");
    }
    Optional<Checksum> found = found(announced, checksum, chunked);
    return new Received(size, HexFormat.of().formatHex(md5Value), found);
  }

  private static void checkSha256(S3Call call, byte[] value) {
    if (call.payload() instanceof PayloadHash.Exact(String expected)
        && !HexFormat.of().formatHex(value).equals(expected)) {
      throw new Refusal(
          ErrorCode.CONTENT_SHA256_MISMATCH,
          "The provided 'x-amz-content-sha256' header does not match what was computed.");
    }
  }

  private static Optional<Checksum> found(
      Announced announced, Optional<RunningChecksum> checksum, Optional<ChunkedBody> chunked) {
    if (checksum.isEmpty() || announced.algorithm().isEmpty()) {
      return Optional.empty();
    }
    ChecksumAlgorithm algorithm = announced.algorithm().get();
    String computed = Base64.getEncoder().encodeToString(checksum.get().value());
    Optional<String> expected = announced.value();
    if (announced.trailer().isPresent()) {
      String name = announced.trailer().get();
      expected = chunked.map(body -> body.trailers().getOrDefault(name, ""));
    }
    if (expected.isPresent() && !expected.get().equals(computed)) {
      throw new Refusal(
          ErrorCode.BAD_DIGEST,
          "The " + algorithm + " you specified did not match the calculated checksum.");
    }
    return Optional.of(new Checksum(algorithm, Checksum.Kind.FULL_OBJECT, computed));
  }

  private static long length(S3Call call) {
    boolean chunked = call.payload() instanceof PayloadHash.Chunked;
    String name = chunked ? "x-amz-decoded-content-length" : "content-length";
    Optional<String> value = call.head().header(name);
    if (value.isEmpty()) {
      throw new Refusal(ErrorCode.MISSING_CONTENT_LENGTH, "You must provide the header " + name);
    }
    if (!value.get().matches("[0-9]{1,18}")) {
      throw new Refusal(ErrorCode.INVALID_ARGUMENT, name + " must be a number: " + value.get());
    }
    return Long.parseLong(value.get());
  }

  private static Optional<byte[]> contentMd5(S3Call call) {
    return call.header("content-md5").map(text -> digest(text, 16, "Content-MD5"));
  }

  private static Announced announced(S3Call call, Optional<ChecksumAlgorithm> standard) {
    Optional<ChecksumAlgorithm> algorithm = Optional.empty();
    Optional<String> value = Optional.empty();
    for (ChecksumAlgorithm candidate : ChecksumAlgorithm.values()) {
      Optional<String> header = call.header(candidate.header());
      if (header.isPresent()) {
        if (algorithm.isPresent()) {
          throw new Refusal(
              ErrorCode.INVALID_REQUEST, "Expecting a single x-amz-checksum- header.");
        }
        digest(header.get(), candidate.sizeBytes(), candidate.header());
        algorithm = Optional.of(candidate);
        value = header;
      }
    }
    Optional<String> trailer = trailer(call);
    if (trailer.isPresent()) {
      if (algorithm.isPresent()) {
        throw new Refusal(ErrorCode.INVALID_REQUEST, "Expecting a single x-amz-checksum- header.");
      }
      return new Announced(Optional.of(ofTrailer(trailer.get())), Optional.empty(), trailer);
    }
    if (algorithm.isEmpty()) {
      algorithm =
          call.header("x-amz-sdk-checksum-algorithm")
              .or(() -> call.header("x-amz-checksum-algorithm"))
              .flatMap(ChecksumAlgorithm::named)
              .or(() -> standard);
    }
    return new Announced(algorithm, value, Optional.empty());
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

  private static byte[] digest(String base64, int sizeBytes, String name) {
    try {
      byte[] value = Base64.getDecoder().decode(base64.strip());
      if (value.length == sizeBytes) {
        return value;
      }
    } catch (IllegalArgumentException e) {
      // Said below, in S3's words.
    }
    boolean md5 = name.equals("Content-MD5");
    throw new Refusal(
        md5 ? ErrorCode.INVALID_DIGEST : ErrorCode.INVALID_REQUEST,
        md5 ? "The Content-MD5 you specified is not valid." : "Value for " + name + " is invalid.");
  }
}
