package dev.millrace.triggers.embedded.http;

import dev.millrace.triggers.embedded.names.Uploads;
import dev.millrace.triggers.embedded.signature.PercentEncoding;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** ListParts and ListMultipartUploads. */
final class MultipartListings {
  private static final int PAGE_MAX = 1000;

  private final Catalog catalog;
  private final BucketOperations buckets;

  MultipartListings(Catalog catalog, BucketOperations buckets) {
    this.catalog = catalog;
    this.buckets = buckets;
  }

  Answer parts(S3Call call) throws IOException {
    Uploads.Upload upload = MultipartOperations.upload(catalog, call);
    int marker = call.number("part-number-marker", 0, Integer.MAX_VALUE);
    int max = call.number("max-parts", PAGE_MAX, PAGE_MAX);
    List<Uploads.StoredPart> found = catalog.uploads().parts(upload.id(), marker, max + 1);
    boolean truncated = found.size() > max;
    List<Uploads.StoredPart> shown = truncated ? found.subList(0, max) : found;
    Xml xml =
        Xml.document("ListPartsResult")
            .element("Bucket", upload.bucket())
            .element("Key", upload.key())
            .element("UploadId", upload.id())
            .element("PartNumberMarker", marker)
            .element("MaxParts", max)
            .element("IsTruncated", truncated && max > 0)
            .element("StorageClass", "STANDARD");
    if (truncated && max > 0) {
      xml.element("NextPartNumberMarker", shown.getLast().part().number());
    }
    upload
        .checksum()
        .ifPresent(plan ->
            xml.element("ChecksumAlgorithm", plan.algorithm().name())
                .element("ChecksumType", plan.kind().name()));
    BucketOperations.owner(xml, call);
    for (Uploads.StoredPart part : shown) {
      xml.open("Part")
          .element("PartNumber", part.part().number())
          .element("LastModified", HttpDates.document(part.modified()))
          .element("ETag", ObjectAnswers.quoted(part.part().etag()))
          .element("Size", part.part().size());
      upload
          .checksum()
          .ifPresent(plan -> xml.element(plan.algorithm().element(), part.part().checksum()));
      xml.close("Part");
    }
    return Answer.Document.ok(xml);
  }

  Answer uploads(S3Call call) throws IOException {
    buckets.require(call);
    String prefix = call.query().first("prefix").orElse("");
    String delimiter = call.query().first("delimiter").orElse("");
    String keyMarker = call.query().first("key-marker").orElse("");
    String idMarker = call.query().first("upload-id-marker").orElse("");
    int max = call.number("max-uploads", PAGE_MAX, PAGE_MAX);
    boolean url = call.query().first("encoding-type").orElse("").equals("url");
    List<Uploads.Upload> shown = new ArrayList<>();
    Set<String> prefixes = new LinkedHashSet<>();
    boolean truncated = false;
    for (Uploads.Upload upload : catalog.uploads().pending(call.bucket(), prefix)) {
      String common = commonPrefix(upload.key(), prefix, delimiter);
      if (!isAfter(upload, common, keyMarker, idMarker) || prefixes.contains(common)) {
        continue;
      }
      if (shown.size() + prefixes.size() == max) {
        truncated = max > 0;
        break;
      }
      if (common.isEmpty()) {
        shown.add(upload);
      } else {
        prefixes.add(common);
      }
    }
    Xml xml =
        Xml.document("ListMultipartUploadsResult")
            .element("Bucket", call.bucket())
            .element("KeyMarker", name(keyMarker, url))
            .element("UploadIdMarker", idMarker)
            .element("Prefix", name(prefix, url))
            .element("MaxUploads", max)
            .element("IsTruncated", truncated);
    if (!delimiter.isEmpty()) {
      xml.element("Delimiter", name(delimiter, url));
    }
    if (url) {
      xml.element("EncodingType", "url");
    }
    if (truncated) {
      nextMarkers(xml, shown, prefixes, url);
    }
    for (Uploads.Upload upload : shown) {
      upload(xml, call, upload, url);
    }
    for (String common : prefixes) {
      xml.open("CommonPrefixes").element("Prefix", name(common, url)).close("CommonPrefixes");
    }
    return Answer.Document.ok(xml);
  }

  private static void nextMarkers(
      Xml xml, List<Uploads.Upload> shown, Set<String> prefixes, boolean url) {
    String lastPrefix = prefixes.isEmpty() ? "" : List.copyOf(prefixes).getLast();
    String lastKey = shown.isEmpty() ? "" : shown.getLast().key();
    boolean prefixLast = compare(lastPrefix, lastKey) > 0;
    xml.element("NextKeyMarker", name(prefixLast ? lastPrefix : lastKey, url));
    xml.element("NextUploadIdMarker", prefixLast ? "" : shown.getLast().id());
  }

  private static void upload(Xml xml, S3Call call, Uploads.Upload upload, boolean url) {
    xml.open("Upload")
        .element("Key", name(upload.key(), url))
        .element("UploadId", upload.id())
        .element("Initiated", HttpDates.document(upload.initiated()))
        .element("StorageClass", "STANDARD");
    BucketOperations.owner(xml, call);
    xml.close("Upload");
  }

  /** Whether an upload comes after the markers; a common prefix that is the marker does not. */
  private static boolean isAfter(
      Uploads.Upload upload, String common, String keyMarker, String idMarker) {
    if (keyMarker.isEmpty()) {
      return true;
    }
    int byKey = compare(upload.key(), keyMarker);
    if (common.equals(keyMarker)) {
      return false;
    }
    return byKey > 0 || (byKey == 0 && !idMarker.isEmpty() && upload.id().compareTo(idMarker) > 0);
  }

  private static String commonPrefix(String key, String prefix, String delimiter) {
    int at = delimiter.isEmpty() ? -1 : key.indexOf(delimiter, prefix.length());
    return at < 0 ? "" : key.substring(0, at + delimiter.length());
  }

  private static int compare(String left, String right) {
    return Arrays.compareUnsigned(
        left.getBytes(StandardCharsets.UTF_8), right.getBytes(StandardCharsets.UTF_8));
  }

  private static String name(String key, boolean url) {
    return url ? PercentEncoding.encodePath(key.getBytes(StandardCharsets.UTF_8)) : key;
  }
}
