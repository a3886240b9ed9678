package dev.millrace.triggers.s3;

import dev.millrace.schema.object.ObjectHead;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.VersionTag;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/** Heads of objects from the SDK's answers. */
final class S3Heads {
  private static final String METADATA = "x-amz-meta-";
  private static final String GENERATION = "x-millrace-generation";

  private S3Heads() {}

  static ObjectHead of(ObjectName name, HeadObjectResponse answer) {
    return new ObjectHead(
        name,
        version(answer.sdkHttpResponse(), answer.versionId(), answer.eTag(), answer.lastModified()),
        unquoted(answer.eTag()),
        answer.contentLength(),
        answer.lastModified(),
        lowerCase(answer.metadata()));
  }

  static ObjectHead of(ObjectName name, GetObjectResponse answer) {
    return new ObjectHead(
        name,
        version(answer.sdkHttpResponse(), answer.versionId(), answer.eTag(), answer.lastModified()),
        unquoted(answer.eTag()),
        answer.contentLength(),
        answer.lastModified(),
        lowerCase(answer.metadata()));
  }

  /** The head that an answer's own lines tell; empty when one that it needs is missing. */
  static Optional<ObjectHead> of(ObjectName name, SdkHttpResponse answer) {
    Optional<String> eTag = answer.firstMatchingHeader("ETag");
    Optional<String> length = answer.firstMatchingHeader("Content-Length");
    Optional<String> modified = answer.firstMatchingHeader("Last-Modified");
    if (eTag.isEmpty() || length.isEmpty() || modified.isEmpty()) {
      return Optional.empty();
    }
    Instant lastModified =
        DateTimeFormatter.RFC_1123_DATE_TIME.parse(modified.get(), Instant::from);
    Map<String, String> metadata = new HashMap<>();
    answer.forEachHeader((header, values) -> {
      if (header.regionMatches(true, 0, METADATA, 0, METADATA.length()) && !values.isEmpty()) {
        metadata.put(header.substring(METADATA.length()), values.getFirst());
      }
    });
    String versionId = answer.firstMatchingHeader("x-amz-version-id").orElse(null);
    return Optional.of(
        new ObjectHead(
            name,
            version(answer, versionId, eTag.get(), lastModified),
            unquoted(eTag.get()),
            Long.parseLong(length.get()),
            lastModified,
            lowerCase(metadata)));
  }

  static String unquoted(String eTag) {
    boolean quoted = eTag.length() >= 2 && eTag.startsWith("\"") && eTag.endsWith("\"");
    return quoted ? eTag.substring(1, eTag.length() - 1) : eTag;
  }

  private static VersionTag version(
      SdkHttpResponse http, @Nullable String versionId, String eTag, Instant lastModified) {
    Optional<String> generation = http.firstMatchingHeader(GENERATION);
    if (generation.isPresent()) {
      return new VersionTag.Generation(Long.parseLong(generation.get()));
    }
    if (versionId != null && !versionId.isEmpty() && !versionId.equals("null")) {
      return new VersionTag.VersionId(versionId);
    }
    return new VersionTag.ETagAt(unquoted(eTag), lastModified.getEpochSecond());
  }

  private static Map<String, String> lowerCase(Map<String, String> metadata) {
    Map<String, String> lower = new HashMap<>();
    metadata.forEach((name, value) -> lower.put(name.toLowerCase(Locale.ROOT), value));
    return lower;
  }
}
