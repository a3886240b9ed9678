package dev.millrace.runtime.unit;

import dev.millrace.schema.object.VersionTag;
import dev.millrace.schema.run.InputRef;
import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/**
 * Whether an answer carries the version that was admitted, judged by the headers of that very
 * answer.
 */
final class VersionCheck {
  private static final String GENERATION = "x-millrace-generation";
  private static final String VERSION_ID = "x-amz-version-id";

  private VersionCheck() {}

  /** Why an answer's body is not taken. */
  enum Fault {
    OTHER_VERSION,
    /** A header that this kind of store always sends is missing. */
    NOT_TOLD
  }

  /** The fault of an answer; empty when it is the version that is wanted. */
  static Optional<Fault> of(InputRef input, HttpHeaders headers) {
    return switch (input.version()) {
      case VersionTag.Generation(long number) ->
          compare(headers.firstValue(GENERATION), Long.toString(number));
      case VersionTag.VersionId(String id) -> compare(headers.firstValue(VERSION_ID), id);
      case VersionTag.ETagAt(String eTag, long second) ->
          compare(headers.firstValue("etag").map(VersionCheck::bare), eTag)
              .or(() -> time(headers, second))
              .or(() -> compare(size(headers), Long.toString(input.size())));
    };
  }

  /** The whole object's size, also where only a range of it came. */
  private static Optional<String> size(HttpHeaders headers) {
    return headers
        .firstValue("content-range")
        .map(range -> range.substring(range.lastIndexOf('/') + 1))
        .or(() -> headers.firstValue("content-length"));
  }

  private static String bare(String eTag) {
    return eTag.replace("\"", "");
  }

  private static Optional<Fault> compare(Optional<String> found, String wanted) {
    if (found.isEmpty()) {
      return Optional.of(Fault.NOT_TOLD);
    }
    return found.get().equals(wanted) ? Optional.empty() : Optional.of(Fault.OTHER_VERSION);
  }

  private static Optional<Fault> time(HttpHeaders headers, long second) {
    Optional<String> text = headers.firstValue("last-modified");
    if (text.isEmpty()) {
      return Optional.of(Fault.NOT_TOLD);
    }
    try {
      Instant time =
          ZonedDateTime.parse(text.get(), DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return time.getEpochSecond() == second ? Optional.empty() : Optional.of(Fault.OTHER_VERSION);
    } catch (DateTimeException e) {
      return Optional.of(Fault.NOT_TOLD);
    }
  }
}
