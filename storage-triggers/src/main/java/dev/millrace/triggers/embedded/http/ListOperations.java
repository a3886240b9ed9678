package dev.millrace.triggers.embedded.http;

import dev.millrace.triggers.embedded.names.Listing;
import dev.millrace.triggers.embedded.refusal.ErrorCode;
import dev.millrace.triggers.embedded.refusal.Refusal;
import dev.millrace.triggers.embedded.signature.PercentEncoding;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/** ListObjects in both versions. */
final class ListOperations {
  private static final int PAGE_MAX = 1000;

  private final Catalog catalog;
  private final BucketOperations buckets;

  ListOperations(Catalog catalog, BucketOperations buckets) {
    this.catalog = catalog;
    this.buckets = buckets;
  }

  /** What both versions have in common. */
  private record Common(String prefix, String delimiter, int maxKeys, boolean urlEncoded) {
    static Common of(S3Call call) {
      String encoding = call.query().first("encoding-type").orElse("");
      if (!encoding.isEmpty() && !encoding.equals("url")) {
        throw new Refusal(ErrorCode.INVALID_ARGUMENT, "encoding-type must be url: " + encoding);
      }
      return new Common(
          call.query().first("prefix").orElse(""),
          call.query().first("delimiter").orElse(""),
          call.number("max-keys", PAGE_MAX, PAGE_MAX),
          encoding.equals("url"));
    }

    String name(String key) {
      return urlEncoded ? PercentEncoding.encodePath(key.getBytes(StandardCharsets.UTF_8)) : key;
    }
  }

  Answer listVersion2(S3Call call) throws IOException {
    buckets.require(call);
    Common common = Common.of(call);
    Optional<String> token = call.query().first("continuation-token");
    Optional<String> startAfter = call.query().first("start-after");
    Listing.Start start =
        token.isPresent() ? fromToken(token.get()) : afterKey(startAfter.orElse(""));
    Listing.Page page = list(call, common, start);
    Xml xml = head(call, common, page);
    xml.element("KeyCount", page.entries().size());
    xml.element("ContinuationToken", token);
    xml.element("NextContinuationToken", page.next().map(ListOperations::toToken));
    xml.element("StartAfter", startAfter.map(common::name));
    boolean owner = call.query().first("fetch-owner").orElse("").equals("true");
    entries(xml, call, common, page, owner);
    return Answer.Document.ok(xml);
  }

  Answer listVersion1(S3Call call) throws IOException {
    buckets.require(call);
    Common common = Common.of(call);
    String marker = call.query().first("marker").orElse("");
    boolean atPrefix =
        !common.delimiter().isEmpty()
            && marker.endsWith(common.delimiter())
            && marker.length() > common.prefix().length();
    Listing.Start start = atPrefix ? new Listing.Start.AfterPrefix(marker) : afterKey(marker);
    Listing.Page page = list(call, common, start);
    Xml xml = head(call, common, page);
    xml.element("Marker", common.name(marker));
    xml.element("NextMarker", page.next().map(ListOperations::name).map(common::name));
    entries(xml, call, common, page, true);
    return Answer.Document.ok(xml);
  }

  private Listing.Page list(S3Call call, Common common, Listing.Start start) throws IOException {
    return catalog
        .listing()
        .list(
            new Listing.Request(
                call.bucket(), common.prefix(), common.delimiter(), start, common.maxKeys()));
  }

  private static Xml head(S3Call call, Common common, Listing.Page page) {
    Xml xml =
        Xml.document("ListBucketResult")
            .element("Name", call.bucket())
            .element("Prefix", common.name(common.prefix()))
            .element("MaxKeys", common.maxKeys())
            .element("IsTruncated", page.next().isPresent());
    if (!common.delimiter().isEmpty()) {
      xml.element("Delimiter", common.name(common.delimiter()));
    }
    return common.urlEncoded() ? xml.element("EncodingType", "url") : xml;
  }

  private static void entries(
      Xml xml, S3Call call, Common common, Listing.Page page, boolean owner) {
    for (Listing.Entry entry : page.entries()) {
      if (entry instanceof Listing.Entry.Key key) {
        xml.open("Contents")
            .element("Key", common.name(key.key()))
            .element("LastModified", HttpDates.document(key.modified()))
            .element("ETag", ObjectAnswers.quoted(key.etag()))
            .element("Size", key.size())
            .element("StorageClass", "STANDARD");
        if (owner) {
          BucketOperations.owner(xml, call);
        }
        xml.close("Contents");
      }
    }
    for (Listing.Entry entry : page.entries()) {
      if (entry instanceof Listing.Entry.CommonPrefix prefix) {
        xml.open("CommonPrefixes")
            .element("Prefix", common.name(prefix.prefix()))
            .close("CommonPrefixes");
      }
    }
  }

  private static Listing.Start afterKey(String key) {
    return key.isEmpty() ? new Listing.Start.Beginning() : new Listing.Start.AfterKey(key);
  }

  private static String name(Listing.Start start) {
    return switch (start) {
      case Listing.Start.Beginning() -> "";
      case Listing.Start.AfterKey(String key) -> key;
      case Listing.Start.AfterPrefix(String prefix) -> prefix;
    };
  }

  /** A token says where to go on, and so needs no memory in the store. */
  private static String toToken(Listing.Start start) {
    String kind = start instanceof Listing.Start.AfterPrefix ? "p" : "k";
    byte[] text = (kind + name(start)).getBytes(StandardCharsets.UTF_8);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(text);
  }

  private static Listing.Start fromToken(String token) {
    try {
      String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
      if (text.startsWith("k")) {
        return new Listing.Start.AfterKey(text.substring(1));
      }
      if (text.startsWith("p")) {
        return new Listing.Start.AfterPrefix(text.substring(1));
      }
    } catch (IllegalArgumentException e) {
      // Not of this store: said below.
    }
    throw new Refusal(ErrorCode.INVALID_ARGUMENT, "The continuation token is not valid.");
  }
}
