package dev.millrace.triggers.embedded.http;

import dev.millrace.triggers.embedded.names.StoredObject;
import dev.millrace.triggers.embedded.names.WriteCondition;
import dev.millrace.triggers.embedded.refusal.ErrorCode;
import dev.millrace.triggers.embedded.refusal.Refusal;
import java.time.Instant;
import java.util.Optional;

/**
 * The conditional headers (RFC 9110, section 13). An If-Match that holds overrules
 * If-Unmodified-Since; If-None-Match overrules If-Modified-Since.
 */
final class Conditions {
  private Conditions() {}

  /** What a read does. */
  enum Verdict {
    GO_ON,
    NOT_MODIFIED,
    FAILED
  }

  /** Judges a read; the prefix is empty, or that of a copy's source. */
  static Verdict judge(S3Call call, String prefix, StoredObject object) {
    Instant modified = HttpDates.seconds(object.modified());
    String etag = object.content().etag();
    Optional<String> ifMatch = call.header(prefix + "if-match");
    if (ifMatch.isPresent()) {
      if (!matches(ifMatch.get(), etag)) {
        return Verdict.FAILED;
      }
    } else if (time(call, prefix + "if-unmodified-since").filter(modified::isAfter).isPresent()) {
      return Verdict.FAILED;
    }
    Optional<String> ifNoneMatch = call.header(prefix + "if-none-match");
    if (ifNoneMatch.isPresent()) {
      return matches(ifNoneMatch.get(), etag) ? Verdict.NOT_MODIFIED : Verdict.GO_ON;
    }
    Optional<Instant> since = time(call, prefix + "if-modified-since");
    return since.isPresent() && !modified.isAfter(since.get())
        ? Verdict.NOT_MODIFIED
        : Verdict.GO_ON;
  }

  /** The condition of a write. */
  static WriteCondition ofWrite(S3Call call) {
    Optional<String> ifMatch = call.head().header("if-match");
    Optional<String> ifNoneMatch = call.head().header("if-none-match");
    if (ifNoneMatch.isPresent()) {
      if (!ifNoneMatch.get().strip().equals("*") || ifMatch.isPresent()) {
        throw new Refusal(
            ErrorCode.NOT_IMPLEMENTED, "A write takes If-None-Match: * or If-Match, no other.");
      }
      return new WriteCondition.Absent();
    }
    if (ifMatch.isPresent()) {
      return new WriteCondition.Matches(unquoted(ifMatch.get()));
    }
    return new WriteCondition.Anything();
  }

  /** Whether one of the entity tags in a header is this one. */
  static boolean matches(String header, String etag) {
    for (String one : header.split(",", -1)) {
      String tag = unquoted(one);
      if (tag.equals("*") || tag.equals(etag)) {
        return true;
      }
    }
    return false;
  }

  static String unquoted(String tag) {
    String text = tag.strip();
    if (text.startsWith("W/")) {
      text = text.substring(2);
    }
    boolean quoted = text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"");
    return quoted ? text.substring(1, text.length() - 1) : text;
  }

  private static Optional<Instant> time(S3Call call, String name) {
    return call.header(name).flatMap(HttpDates::parse);
  }
}
