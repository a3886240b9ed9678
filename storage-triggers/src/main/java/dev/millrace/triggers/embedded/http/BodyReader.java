package dev.millrace.triggers.embedded.http;

import dev.millrace.triggers.embedded.checksum.Checksum;
import dev.millrace.triggers.embedded.checksum.ChecksumAlgorithm;
import dev.millrace.triggers.embedded.refusal.ErrorCode;
import dev.millrace.triggers.embedded.refusal.Refusal;
import dev.millrace.triggers.embedded.signature.ChunkedBody;
import dev.millrace.triggers.embedded.signature.PayloadHash;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
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

  /** Reads a small document into memory; no body is an empty one. */
  static byte[] readDocument(S3Call call, int maxBytes) throws IOException {
    return readDocument(call, maxBytes, AnnouncedChecksum.of(call, Optional.empty()));
  }

  /** Reads a small document whose request head speaks of another thing's checksum. */
  static byte[] readDocument(S3Call call, int maxBytes, AnnouncedChecksum announced)
      throws IOException {
    if (call.head().header("content-length").isEmpty()
        && call.head().header("transfer-encoding").isEmpty()) {
      return new byte[0];
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    read(call, maxBytes, announced, out);
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
    return read(call, maxBytes, AnnouncedChecksum.of(call, standard), sink);
  }

  private static Received read(
      S3Call call, long maxBytes, AnnouncedChecksum announced, OutputStream sink)
      throws IOException {
    long length = length(call);
    if (length > maxBytes) {
      throw new Refusal(
          ErrorCode.ENTITY_TOO_LARGE,
          "The body has " + length + " bytes; at most " + maxBytes + " are allowed.");
    }
    BodyDigests digests = new BodyDigests(call, announced);
    if (call.payload() instanceof PayloadHash.Chunked form) {
      ChunkedBody body = new ChunkedBody(call.body(), form);
      pump(body, length, digests, sink);
      return digests.check(length, body.trailers());
    }
    pump(call.body(), length, digests, sink);
    return digests.check(length, Map.of());
  }

  /** How many bytes a body may have, both bounds included. */
  record LengthRange(long min, long max) {}

  /**
   * Reads a body that ends by itself, whose length nobody has announced.
   *
   * @throws Refusal when it is too large or too small, or not what was announced
   */
  static Received readToEnd(S3Call call, LengthRange lengths, OutputStream sink)
      throws IOException {
    BodyDigests digests = new BodyDigests(call, AnnouncedChecksum.of(call, Optional.empty()));
    byte[] buffer = new byte[BUFFER_BYTES];
    long size = 0;
    for (int count = call.body().read(buffer); count >= 0; count = call.body().read(buffer)) {
      size += count;
      if (size > lengths.max()) {
        throw new Refusal(
            ErrorCode.ENTITY_TOO_LARGE,
            "Your proposed upload exceeds the maximum allowed size, " + lengths.max() + " bytes.");
      }
      digests.update(buffer, count);
      sink.write(buffer, 0, count);
    }
    if (size < lengths.min()) {
      throw new Refusal(
          ErrorCode.ENTITY_TOO_SMALL,
          "Your proposed upload is smaller than the minimum allowed size, "
              + lengths.min()
              + " bytes.");
    }
    return digests.check(size, Map.of());
  }

  private static void pump(InputStream in, long length, BodyDigests digests, OutputStream sink)
      throws IOException {
    byte[] buffer = new byte[(int) Math.clamp(length + 1, 1, BUFFER_BYTES)];
    long size = 0;
    for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
      size += count;
      if (size > length) {
        throw new Refusal(ErrorCode.INCOMPLETE_BODY, "The body is longer than announced.");
      }
      digests.update(buffer, count);
      sink.write(buffer, 0, count);
    }
    if (size != length) {
      throw new Refusal(
          ErrorCode.INCOMPLETE_BODY,
          "The body has " + size + " bytes, " + length + " were announced.");
    }
  }

  static long length(S3Call call) {
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
}
