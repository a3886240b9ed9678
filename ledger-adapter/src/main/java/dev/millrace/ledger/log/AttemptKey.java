package dev.millrace.ledger.log;

import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.sign.Hex;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** First 16 bytes of SHA-256 over an attempt's name. */
record AttemptKey(long high, long low) {
  static AttemptKey of(AttemptId attempt) {
    ByteBuffer hash =
        ByteBuffer.wrap(Hex.sha256(attempt.toString().getBytes(StandardCharsets.US_ASCII)));
    return new AttemptKey(hash.getLong(), hash.getLong());
  }
}
