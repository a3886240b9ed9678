package dev.millrace.triggers.embedded.http;

import dev.millrace.triggers.embedded.names.ObjectHeaders;
import dev.millrace.triggers.embedded.refusal.ErrorCode;
import dev.millrace.triggers.embedded.refusal.Refusal;
import dev.millrace.triggers.embedded.signature.Query;
import dev.millrace.triggers.embedded.signature.SignedRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.Set;

/** Which headers of a write are kept with the object, and which are refused. */
final class KeptHeaders {
  private static final int META_MAX_BYTES = 2048;

  private static final List<String> CONTENT =
      List.of(
          "cache-control",
          "content-disposition",
          "content-encoding",
          "content-language",
          "content-type",
          "expires");

  /** Headers that ask for something that this store does not do: better refused than ignored. */
  private static final List<String> REFUSED =
      List.of(
          "x-amz-server-side-encryption",
          "x-amz-copy-source-server-side-encryption",
          "x-amz-object-lock-",
          "x-amz-bucket-object-lock-enabled",
          "x-amz-website-redirect-location",
          "x-amz-grant-",
          "x-amz-write-offset-bytes");

  private static final Set<String> PRIVATE_ACLS =
      Set.of("private", "bucket-owner-full-control", "bucket-owner-read");

  private KeptHeaders() {}

  /** The content headers and the user metadata of a write. */
  static ObjectHeaders of(S3Call call) {
    SequencedMap<String, String> kept = new LinkedHashMap<>();
    for (String name : CONTENT) {
      call.head().header(name).ifPresent(value -> kept.put(name, value));
    }
    String encoding = withoutAwsChunked(kept.getOrDefault("content-encoding", ""));
    if (encoding.isEmpty()) {
      kept.remove("content-encoding");
    } else {
      kept.put("content-encoding", encoding);
    }
    int metaBytes = 0;
    for (SignedRequest.Header header : metadata(call)) {
      metaBytes += header.name().length() - ObjectHeaders.META.length() + header.value().length();
      kept.merge(header.name(), header.value(), (one, other) -> one + "," + other);
    }
    if (metaBytes > META_MAX_BYTES) {
      throw new Refusal(
          ErrorCode.METADATA_TOO_LARGE,
          "The user metadata has " + metaBytes + " bytes; at most " + META_MAX_BYTES + ".");
    }
    return new ObjectHeaders(kept);
  }

  /** Refuses what would be a promise that the store does not keep. */
  static void refuseUnkept(S3Call call) {
    for (SignedRequest.Header header : call.head().headers()) {
      for (String refused : REFUSED) {
        if (header.name().startsWith(refused)) {
          throw new Refusal(ErrorCode.NOT_IMPLEMENTED, "Not supported: " + header.name());
        }
      }
    }
    if (!PRIVATE_ACLS.contains(call.header("x-amz-acl").orElse("private"))) {
      throw new Refusal(ErrorCode.NOT_IMPLEMENTED, "Only the private ACL is supported.");
    }
    String storageClass = call.header("x-amz-storage-class").orElse("STANDARD");
    if (!storageClass.equals("STANDARD")) {
      throw new Refusal(
          ErrorCode.INVALID_STORAGE_CLASS, "The only storage class is STANDARD: " + storageClass);
    }
  }

  private static List<SignedRequest.Header> metadata(S3Call call) {
    List<SignedRequest.Header> headers = new java.util.ArrayList<>(call.head().headers());
    for (Query.Parameter parameter : call.query().parameters()) {
      headers.add(new SignedRequest.Header(parameter.name(), parameter.value()));
    }
    return headers.stream().filter(header -> header.name().startsWith(ObjectHeaders.META)).toList();
  }

  private static String withoutAwsChunked(String encoding) {
    return java.util.Arrays.stream(encoding.split(",", -1))
        .map(String::strip)
        .filter(one -> !one.isEmpty() && !one.toLowerCase(Locale.ROOT).equals("aws-chunked"))
        .collect(java.util.stream.Collectors.joining(","));
  }
}
