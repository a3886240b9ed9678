package dev.millrace.triggers.embedded.http;

import dev.millrace.triggers.embedded.refusal.ErrorCode;
import dev.millrace.triggers.embedded.refusal.Refusal;
import dev.millrace.triggers.embedded.signature.AccessKey;
import dev.millrace.triggers.embedded.signature.PayloadHash;
import dev.millrace.triggers.embedded.signature.Query;
import dev.millrace.triggers.embedded.signature.SignedRequest;
import java.io.InputStream;
import java.util.Optional;

/**
 * One authenticated request.
 *
 * @param body the bytes of the body as on the wire; nothing of it has been read
 */
record S3Call(
    SignedRequest head, Target target, AccessKey caller, PayloadHash payload, InputStream body) {

  String method() {
    return head.method();
  }

  String bucket() {
    return target.bucket();
  }

  String key() {
    return target.key();
  }

  Query query() {
    return head.query();
  }

  /** A header; one of the x-amz- family may have been moved into a pre-signed URL's query. */
  Optional<String> header(String name) {
    Optional<String> value = head.header(name);
    if (value.isEmpty() && name.startsWith("x-amz-")) {
      return query().firstIgnoringCase(name);
    }
    return value;
  }

  /** A number in a query parameter; anything else there is refused. */
  int number(String parameter, int standard, int max) {
    Optional<String> text = query().first(parameter);
    if (text.isEmpty() || text.get().isEmpty()) {
      return standard;
    }
    if (!text.get().matches("[0-9]{1,10}")) {
      throw new Refusal(
          ErrorCode.INVALID_ARGUMENT, parameter + " must be a number of 0 or more: " + text.get());
    }
    return (int) Math.min(Long.parseLong(text.get()), max);
  }
}
