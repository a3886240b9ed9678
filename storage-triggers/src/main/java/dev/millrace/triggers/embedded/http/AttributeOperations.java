package dev.millrace.triggers.embedded.http;

import dev.millrace.triggers.embedded.names.Content;
import dev.millrace.triggers.embedded.names.StoredObject;
import dev.millrace.triggers.embedded.refusal.ErrorCode;
import dev.millrace.triggers.embedded.refusal.Refusal;
import dev.millrace.triggers.embedded.signature.SignedRequest;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** GetObjectAttributes: what is known of an object without its bytes, by wish. */
final class AttributeOperations {
  private static final int PARTS_MAX = 1000;
  private static final String WISHES = "x-amz-object-attributes";
  private static final Set<String> KNOWN =
      Set.of("ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize");

  private final Catalog catalog;

  AttributeOperations(Catalog catalog) {
    this.catalog = catalog;
  }

  Answer get(S3Call call) throws IOException {
    List<String> wanted = wanted(call);
    if (wanted.isEmpty() || !KNOWN.containsAll(wanted)) {
      throw new Refusal(
          ErrorCode.INVALID_ARGUMENT, "x-amz-object-attributes must be some of " + KNOWN + ".");
    }
    StoredObject object = ReadOperations.find(catalog, call.bucket(), call.key());
    Content content = object.content();
    Xml xml = Xml.document("GetObjectAttributesResponse");
    if (wanted.contains("ETag")) {
      xml.element("ETag", content.etag());
    }
    if (wanted.contains("Checksum") && content.checksum().isPresent()) {
      xml.open("Checksum");
      ObjectAnswers.put(xml, content.checksum().get());
      xml.close("Checksum");
    }
    if (wanted.contains("ObjectParts") && content.partCount() > 0) {
      parts(call, content, xml);
    }
    if (wanted.contains("StorageClass")) {
      xml.element("StorageClass", "STANDARD");
    }
    if (wanted.contains("ObjectSize")) {
      xml.element("ObjectSize", content.size());
    }
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("last-modified", HttpDates.header(object.modified()));
    headers.put(ObjectAnswers.GENERATION, Long.toString(object.generation()));
    return new Answer.Document(200, headers, xml.text());
  }

  /** Clients send one header with commas, or one header for each wish. */
  private static List<String> wanted(S3Call call) {
    return Stream.concat(
            call.head().headers().stream()
                .filter(header -> header.name().equals(WISHES))
                .map(SignedRequest.Header::value),
            call.query().firstIgnoringCase(WISHES).stream())
        .flatMap(value -> Arrays.stream(value.split(",", -1)))
        .map(String::strip)
        .toList();
  }

  /** Parts are listed where they have checksums, as S3 does. */
  private static void parts(S3Call call, Content content, Xml xml) {
    int marker = number(call, "x-amz-part-number-marker", 0);
    int max = Math.min(number(call, "x-amz-max-parts", PARTS_MAX), PARTS_MAX);
    List<Content.Part> rest =
        content.checksum().isEmpty()
            ? List.of()
            : content.parts().stream().filter(part -> part.number() > marker).toList();
    List<Content.Part> page = rest.subList(0, Math.min(max, rest.size()));
    xml.open("ObjectParts").element("PartsCount", content.partCount());
    xml.element("PartNumberMarker", marker);
    xml.element("NextPartNumberMarker", page.isEmpty() ? marker : page.getLast().number());
    xml.element("MaxParts", max).element("IsTruncated", page.size() < rest.size());
    for (Content.Part part : page) {
      String element = content.checksum().orElseThrow().algorithm().element();
      xml.open("Part").element("PartNumber", part.number()).element("Size", part.size());
      xml.element(element, part.checksum()).close("Part");
    }
    xml.close("ObjectParts");
  }

  private static int number(S3Call call, String header, int standard) {
    Optional<String> text = call.header(header);
    if (text.isPresent() && !text.get().matches("[0-9]{1,5}")) {
      throw new Refusal(ErrorCode.INVALID_ARGUMENT, header + " must be a number: " + text.get());
    }
    return text.map(Integer::parseInt).orElse(standard);
  }
}
