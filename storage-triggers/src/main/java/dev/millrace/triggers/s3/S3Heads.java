package dev.millrace.triggers.s3;

import dev.millrace.schema.object.ObjectHead;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.VersionTag;
import java.time.Instant;
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
