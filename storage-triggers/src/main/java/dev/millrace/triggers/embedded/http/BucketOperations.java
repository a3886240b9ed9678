package dev.millrace.triggers.embedded.http;

import dev.millrace.triggers.embedded.names.Buckets;
import dev.millrace.triggers.embedded.refusal.ErrorCode;
import dev.millrace.triggers.embedded.refusal.Refusal;
import java.io.IOException;
import java.util.Map;
import java.util.regex.Pattern;

/** Operations on buckets as such. */
final class BucketOperations {
  private static final int DOCUMENT_MAX_BYTES = 64 << 10;
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
  private static final Pattern ADDRESS = Pattern.compile("[0-9]+\\.[0-9]+\\.[0-9]+\\.[0-9]+");

  private final Catalog catalog;
  private final String region;

  BucketOperations(Catalog catalog, String region) {
    this.catalog = catalog;
    this.region = region;
  }

  Answer list(S3Call call) throws IOException {
    Xml xml = Xml.document("ListAllMyBucketsResult");
    owner(xml, call);
    xml.open("Buckets");
    for (Buckets.Bucket bucket : catalog.buckets().all()) {
      xml.open("Bucket")
          .element("Name", bucket.name())
          .element("CreationDate", HttpDates.document(bucket.created()))
          .close("Bucket");
    }
    return Answer.Document.ok(xml.close("Buckets"));
  }

  Answer create(S3Call call) throws IOException {
    KeptHeaders.refuseUnkept(call);
    String name = call.bucket();
    if (!NAME.matcher(name).matches() || name.contains("..") || ADDRESS.matcher(name).matches()) {
      throw new Refusal(
          ErrorCode.INVALID_BUCKET_NAME,
          "A bucket's name has 3 to 63 of a-z, 0-9, '-' and '.', and is no IP address: " + name);
    }
    byte[] document = BodyReader.readDocument(call, DOCUMENT_MAX_BYTES);
    if (document.length > 0) {
      XmlElement.parse(document, "CreateBucketConfiguration");
    }
    if (!catalog.buckets().create(name)) {
      throw new Refusal(
          ErrorCode.BUCKET_ALREADY_OWNED_BY_YOU, "The bucket exists and is yours: " + name);
    }
    return new Answer.Empty(200, Map.of("location", "/" + name));
  }

  Answer head(S3Call call) throws IOException {
    require(call);
    return new Answer.Empty(200, Map.of("x-amz-bucket-region", region));
  }

  Answer delete(S3Call call) throws IOException {
    return switch (catalog.buckets().delete(call.bucket())) {
      case Buckets.Deletion.Deleted deleted -> {
        catalog.remove(deleted.unnamed());
        yield Answer.Empty.noContent();
      }
      case Buckets.Deletion.NotEmpty() ->
          throw new Refusal(
              ErrorCode.BUCKET_NOT_EMPTY, "The bucket still has objects: " + call.bucket());
      case Buckets.Deletion.NoSuchBucket() -> throw ObjectAnswers.noSuchBucket(call.bucket());
    };
  }

  Answer location(S3Call call) throws IOException {
    require(call);
    Xml xml = Xml.document("LocationConstraint");
    return Answer.Document.ok(region.equals("us-east-1") ? xml : xml.text(region));
  }

  Answer versioning(S3Call call) throws IOException {
    require(call);
    return Answer.Document.ok(Xml.document("VersioningConfiguration"));
  }

  Answer notification(S3Call call) throws IOException {
    require(call);
    return Answer.Document.ok(Xml.document("NotificationConfiguration"));
  }

  /** Refuses when the bucket is not there. */
  void require(S3Call call) throws IOException {
    if (catalog.buckets().find(call.bucket()).isEmpty()) {
      throw ObjectAnswers.noSuchBucket(call.bucket());
    }
  }

  static void owner(Xml xml, S3Call call) {
    xml.open("Owner")
        .element("ID", call.caller().tenant())
        .element("DisplayName", call.caller().tenant())
        .close("Owner");
  }
}
