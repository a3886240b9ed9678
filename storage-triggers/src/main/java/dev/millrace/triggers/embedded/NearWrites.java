package dev.millrace.triggers.embedded;

import dev.millrace.triggers.embedded.blob.BlobReceiver;
import dev.millrace.triggers.embedded.http.Catalog;
import dev.millrace.triggers.embedded.names.EventName;
import dev.millrace.triggers.embedded.names.NewContent;
import dev.millrace.triggers.embedded.names.Objects;
import dev.millrace.triggers.embedded.names.WriteOutcome;
import dev.millrace.triggers.embedded.refusal.Refusal;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Writes without a request, as a PUT does it: small bytes with their name, a file first and
 * durable.
 */
final class NearWrites {
  private static final int BUFFER_BYTES = 64 << 10;

  private final Catalog catalog;

  NearWrites(Catalog catalog) {
    this.catalog = catalog;
  }

  WriteOutcome write(Objects.Target target, InputStream body, long length) throws IOException {
    catalog.requireSpace(length);
    catalog.objects().requireRoom(target.bucket(), target.key(), length);
    NewContent content = kept(body, length);
    WriteOutcome outcome;
    try {
      outcome = catalog.objects().put(target, content, EventName.CREATED_PUT);
    } catch (Refusal refusal) {
      // It is certain that nothing names the blob. After any other failure that is unknown, and the
      // sweep of the next start decides.
      catalog.remove(content.bytes());
      throw refusal;
    }
    switch (outcome) {
      case WriteOutcome.Written written -> catalog.remove(written.unnamed());
      case WriteOutcome.NoSuchBucket() -> catalog.remove(content.bytes());
      case WriteOutcome.NoSuchKey() -> catalog.remove(content.bytes());
      case WriteOutcome.ConditionFailed() -> catalog.remove(content.bytes());
    }
    return outcome;
  }

  /** When this fails, nothing stays. */
  private NewContent kept(InputStream body, long length) throws IOException {
    MessageDigest md5 = md5();
    try (BlobReceiver blob = catalog.blobs().receive(length)) {
      byte[] buffer = new byte[(int) Math.clamp(length, 1, BUFFER_BYTES)];
      long left = length;
      while (left > 0) {
        int count = body.read(buffer, 0, (int) Math.min(left, buffer.length));
        if (count < 0) {
          throw new IOException(
              "the body ends " + left + " bytes before the " + length + " that were announced");
        }
        md5.update(buffer, 0, count);
        blob.write(buffer, 0, count);
        left -= count;
      }
      String eTag = HexFormat.of().formatHex(md5.digest());
      return new NewContent(blob.keep(), length, eTag, Optional.empty());
    }
  }

  private static MessageDigest md5() {
    try {
      return MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has MD5", e);
    }
  }
}
