package dev.millrace.triggers.embedded.signature;

import dev.millrace.triggers.embedded.refusal.ErrorCode;
import dev.millrace.triggers.embedded.refusal.Refusal;

/**
 * Checks the chain of chunk signatures of one body: each covers the one before it, the first the
 * signature of the request. For one body and one thread.
 */
public final class ChunkSigner {
  private static final String EMPTY_SHA256 = Signing.sha256Hex(new byte[0]);

  private final byte[] key;
  private final String timestamp;
  private final String scope;
  private String previous;

  ChunkSigner(byte[] key, String timestamp, String scope, String seed) {
    this.key = key.clone();
    this.timestamp = timestamp;
    this.scope = scope;
    this.previous = seed;
  }

  /** Checks the signature of the next chunk, whose data have this SHA-256. */
  void checkChunk(String dataSha256, String signature) {
    check("AWS4-HMAC-SHA256-PAYLOAD", EMPTY_SHA256 + "\n" + dataSha256, signature);
  }

  /** Checks the signature of the trailer, whose canonical lines have this SHA-256. */
  void checkTrailer(String trailerSha256, String signature) {
    check("AWS4-HMAC-SHA256-TRAILER", trailerSha256, signature);
  }

  private void check(String algorithm, String hashes, String signature) {
    String text = String.join("\n", algorithm, timestamp, scope, previous, hashes);
    String expected = Signing.sign(key, text);
    if (!Signing.same(expected, signature)) {
      throw new Refusal(
          ErrorCode.SIGNATURE_DOES_NOT_MATCH, "The signature of a chunk does not match.");
    }
    previous = expected;
  }
}
