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

  /** What a listing of uploads asks for. */
  private record Wanted(
      String prefix, String delimiter, String keyMarker, String idMarker, int max, boolean url) {
    static Wanted of(S3Call call) {
      return new Wanted(
          call.query().first("prefix").orElse(""),
          call.query().first("delimiter").orElse(""),
          call.query().first("key-marker").orElse(""),
          call.query().first("upload-id-marker").orElse(""),
          call.number("max-uploads", PAGE_MAX, PAGE_MAX),
          call.query().first("encoding-type").orElse("").equals("url"));
    }
  }

  /** One page: uploads and common prefixes count alike. */
  private record Page(List<Uploads.Upload> shown, Set<String> prefixes, boolean truncated) {}

  Answer uploads(S3Call call) throws IOException {
    buckets.require(call);
    Wanted wanted = Wanted.of(call);
    Page page = page(call, wanted);
    Xml xml =
        Xml.document("ListMultipartUploadsResult")
            .element("Bucket", call.bucket())
            .element("KeyMarker", name(wanted.keyMarker(), wanted.url()))
            .element("UploadIdMarker", wanted.idMarker())
            .element("Prefix", name(wanted.prefix(), wanted.url()))
            .element("MaxUploads", wanted.max())
            .element("IsTruncated", page.truncated());
    if (!wanted.delimiter().isEmpty()) {
      xml.element("Delimiter", name(wanted.delimiter(), wanted.url()));
    }
    if (wanted.url()) {
      xml.element("EncodingType", "url");
    }
    if (page.truncated()) {
      nextMarkers(xml, page.shown(), page.prefixes(), wanted.url());
    }
    for (Uploads.Upload upload : page.shown()) {
      upload(xml, call, upload, wanted.url());
    }
    for (String common : page.prefixes()) {
      xml.open("CommonPrefixes")
          .element("Prefix", name(common, wanted.url()))
          .close("CommonPrefixes");
    }
    return Answer.Document.ok(xml);
  }

  private Page page(S3Call call, Wanted wanted) throws IOException {
    List<Uploads.Upload> shown = new ArrayList<>();
    Set<String> prefixes = new LinkedHashSet<>();
    for (Uploads.Upload upload : catalog.uploads().pending(call.bucket(), wanted.prefix())) {
      String common = commonPrefix(upload.key(), wanted.prefix(), wanted.delimiter());
      if (prefixes.contains(common)
          || !isAfter(upload, common, wanted.keyMarker(), wanted.idMarker())) {
        continue;
      }
      if (shown.size() + prefixes.size() == wanted.max()) {
        return new Page(shown, prefixes, wanted.max() > 0);
      }
      if (common.isEmpty()) {
        shown.add(upload);
      } else {
        prefixes.add(common);
      }
    }
    return new Page(shown, prefixes, false);
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
