package dev.millrace.triggers.embedded.http;

import dev.millrace.triggers.embedded.refusal.ErrorCode;
import dev.millrace.triggers.embedded.refusal.Refusal;
import dev.millrace.triggers.embedded.signature.PercentEncoding;
import java.nio.charset.StandardCharsets;

/**
 * What a path-style request is about. The key is everything after the bucket's slash, byte for
 * byte: a name, not a path.
 */
record Target(String bucket, String key) {
  static final int KEY_MAX_BYTES = 1024;

  static Target parse(String rawPath) {
    if (!rawPath.startsWith("/")) {
      throw new Refusal(ErrorCode.INVALID_URI, "The path must begin with a slash.");
    }
    int slash = rawPath.indexOf('/', 1);
    String rawBucket = slash < 0 ? rawPath.substring(1) : rawPath.substring(1, slash);
    String rawKey = slash < 0 ? "" : rawPath.substring(slash + 1);
    return new Target(text(rawBucket), checkedKey(text(rawKey)));
  }

  /** A key that S3 would take. */
  static String checkedKey(String key) {
    if (key.getBytes(StandardCharsets.UTF_8).length > KEY_MAX_BYTES) {
      throw new Refusal(ErrorCode.KEY_TOO_LONG, "A key has at most " + KEY_MAX_BYTES + " bytes.");
    }
    return key;
  }

  boolean isService() {
    return bucket.isEmpty();
  }

  boolean isBucket() {
    return !bucket.isEmpty() && key.isEmpty();
  }

  private static String text(String raw) {
    return PercentEncoding.utf8(PercentEncoding.decode(raw, false));
  }
}
