package dev.millrace.triggers.embedded.http;

import dev.millrace.triggers.embedded.checksum.Checksum;
import dev.millrace.triggers.embedded.names.Content;
import dev.millrace.triggers.embedded.names.StoredObject;
import dev.millrace.triggers.embedded.names.Uploads;
import dev.millrace.triggers.embedded.names.WriteOutcome;
import dev.millrace.triggers.embedded.refusal.ErrorCode;
import dev.millrace.triggers.embedded.refusal.Refusal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** CompleteMultipartUpload: the chosen parts become an object; a retry is answered the same. */
final class MultipartCompletion {
  private static final int DOCUMENT_MAX_BYTES = 4 << 20;
  private static final int PARTS_MAX = 10_000;

  private final Catalog catalog;
  private final long partMinBytes;

  MultipartCompletion(Catalog catalog, long partMinBytes) {
    this.catalog = catalog;
    this.partMinBytes = partMinBytes;
  }

  Answer complete(S3Call call) throws IOException {
    XmlElement document =
        XmlElement.parse(
            BodyReader.readDocument(
                call, DOCUMENT_MAX_BYTES, AnnouncedChecksum.ofTrailerAlone(call)),
            "CompleteMultipartUpload");
    Optional<Answer> earlier = earlier(call);
    if (earlier.isPresent()) {
      return earlier.get();
    }
    Uploads.Upload upload = MultipartOperations.upload(catalog, call);
    List<Content.Part> parts = chosen(upload, document);
    checkSizes(call, parts);
    Optional<Checksum> checksum = MultipartDigests.checksum(upload.checksum(), parts);
    checkChecksum(call, checksum);
    long size = parts.stream().mapToLong(Content.Part::size).sum();
    Content content =
        new Content(size, MultipartDigests.etag(parts), parts.size(), checksum, parts);
    return switch (catalog.uploads().complete(upload, content, Conditions.ofWrite(call))) {
      case Uploads.Completed.Answered(WriteOutcome outcome) -> {
        WriteOutcome.Written written = ObjectAnswers.written(call, outcome);
        catalog.remove(written.unnamed());
        StoredObject object = written.object();
        yield answer(call, object.generation(), object.content().etag(), checksum);
      }
      case Uploads.Completed.NoSuchUpload() ->
          earlier(call).orElseThrow(() -> MultipartOperations.noSuchUpload(upload.id()));
    };
  }

  private Optional<Answer> earlier(S3Call call) throws IOException {
    String id = call.query().first("uploadId").orElse("");
    return catalog
        .uploads()
        .completion(call.bucket(), call.key(), id)
        .map(done -> answer(call, done.generation(), done.etag(), done.checksum()));
  }

  private static Answer answer(
      S3Call call, long generation, String etag, Optional<Checksum> checksum) {
    String location = "/" + call.bucket() + "/" + call.key();
    Xml xml =
        Xml.document("CompleteMultipartUploadResult")
            .element("Location", location)
            .element("Bucket", call.bucket())
            .element("Key", call.key())
            .element("ETag", ObjectAnswers.quoted(etag));
    checksum.ifPresent(value -> ObjectAnswers.put(xml, value));
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put(ObjectAnswers.GENERATION, Long.toString(generation));
    return new Answer.Document(200, headers, xml.text());
  }

  private List<Content.Part> chosen(Uploads.Upload upload, XmlElement document) throws IOException {
    List<XmlElement> wanted = document.all("Part");
    if (wanted.isEmpty() || wanted.size() > PARTS_MAX) {
      throw XmlElement.malformed("A completion names 1 to " + PARTS_MAX + " parts.");
    }
    Map<Integer, Content.Part> there = new TreeMap<>();
    for (Uploads.StoredPart part : catalog.uploads().parts(upload.id(), 0, PARTS_MAX)) {
      there.put(part.part().number(), part.part());
    }
    List<Content.Part> chosen = new ArrayList<>();
    int previous = 0;
    for (XmlElement one : wanted) {
      int number = number(one.required("PartNumber"));
      if (number <= previous) {
        throw new Refusal(
            ErrorCode.INVALID_PART_ORDER, "The list of parts was not in ascending order.");
      }
      previous = number;
      chosen.add(matching(upload, one, Optional.ofNullable(there.get(number))));
    }
    return chosen;
  }

  private static Content.Part matching(
      Uploads.Upload upload, XmlElement wanted, Optional<Content.Part> part) {
    String etag = Conditions.unquoted(wanted.required("ETag"));
    boolean same = part.isPresent() && part.get().etag().equals(etag);
    if (same && upload.checksum().isPresent()) {
      String element = upload.checksum().get().algorithm().element();
      same =
          wanted.value(element).isEmpty()
              || wanted.value(element).equals(part.orElseThrow().checksum());
    }
    if (!same) {
      throw new Refusal(
          ErrorCode.INVALID_PART,
          "A part was not uploaded, or its entity tag or checksum is another: part "
              + wanted.required("PartNumber"));
    }
    return part.orElseThrow();
  }

  private void checkSizes(S3Call call, List<Content.Part> parts) {
    for (Content.Part part : parts.subList(0, parts.size() - 1)) {
      if (part.size() < partMinBytes) {
        throw new Refusal(
            ErrorCode.ENTITY_TOO_SMALL,
            "All parts but the last have at least "
                + partMinBytes
                + " bytes; part "
                + part.number()
                + " has "
                + part.size()
                + ".");
      }
    }
    long size = parts.stream().mapToLong(Content.Part::size).sum();
    Optional<String> announced = call.header("x-amz-mp-object-size");
    if (announced.isPresent() && !announced.get().equals(Long.toString(size))) {
      throw new Refusal(
          ErrorCode.INVALID_REQUEST, "x-amz-mp-object-size is not the parts' size, " + size + ".");
    }
  }

  private static void checkChecksum(S3Call call, Optional<Checksum> checksum) {
    if (checksum.isPresent()) {
      Optional<String> announced = call.header(checksum.get().algorithm().header());
      String value = checksum.get().value();
      if (announced.isPresent()
          && !announced.get().equals(value)
          && !value.startsWith(announced.get() + "-")) {
        throw new Refusal(
            ErrorCode.BAD_DIGEST, "The checksum of the whole did not match what we received.");
      }
    }
  }

  private static int number(String text) {
    if (!text.strip().matches("[0-9]{1,5}")) {
      throw XmlElement.malformed("Not a part number: " + text);
    }
    return Integer.parseInt(text.strip());
  }
}
