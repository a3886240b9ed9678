package dev.millrace.triggers.embedded.http;

import dev.millrace.triggers.embedded.checksum.Checksum;
import dev.millrace.triggers.embedded.names.StoredObject;
import dev.millrace.triggers.embedded.names.WriteOutcome;
import dev.millrace.triggers.embedded.refusal.ErrorCode;
import dev.millrace.triggers.embedded.refusal.Refusal;
import java.util.LinkedHashMap;
import java.util.Map;

/** Headers that speak of an object. */
final class ObjectAnswers {
  static final String GENERATION = "x-millrace-generation";

  private ObjectAnswers() {}

  static String quoted(String etag) {
    return '"' + etag + '"';
  }

  /** Headers of the answer to a write. */
  static Map<String, String> written(StoredObject object) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("etag", quoted(object.content().etag()));
    headers.put(GENERATION, Long.toString(object.generation()));
    object.content().checksum().ifPresent(checksum -> put(headers, checksum));
    return headers;
  }

  static void put(Map<String, String> headers, Checksum checksum) {
    headers.put(checksum.algorithm().header(), checksum.value());
    headers.put("x-amz-checksum-type", checksum.kind().name());
  }

  static void put(Xml xml, Checksum checksum) {
    xml.element(checksum.algorithm().element(), checksum.value());
    xml.element("ChecksumType", checksum.kind().name());
  }

  static Refusal noSuchBucket(String bucket) {
    return new Refusal(ErrorCode.NO_SUCH_BUCKET, "The bucket does not exist: " + bucket);
  }

  static Refusal noSuchKey(String key) {
    return new Refusal(ErrorCode.NO_SUCH_KEY, "The specified key does not exist: " + key);
  }

  static Refusal preconditionFailed() {
    return new Refusal(
        ErrorCode.PRECONDITION_FAILED,
        "At least one of the preconditions you specified did not hold.");
  }

  /** The written object, or the refusal that S3 has for the other outcomes. */
  static WriteOutcome.Written written(S3Call call, WriteOutcome outcome) {
    return switch (outcome) {
      case WriteOutcome.Written written -> written;
      case WriteOutcome.NoSuchBucket() -> throw noSuchBucket(call.bucket());
      case WriteOutcome.NoSuchKey() -> throw noSuchKey(call.key());
      case WriteOutcome.ConditionFailed() -> throw preconditionFailed();
    };
  }
}
