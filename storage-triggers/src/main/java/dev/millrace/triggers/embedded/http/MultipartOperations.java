package dev.millrace.triggers.embedded.http;

import dev.millrace.triggers.embedded.blob.BlobId;
import dev.millrace.triggers.embedded.blob.BlobPlace;
import dev.millrace.triggers.embedded.blob.BlobWriter;
import dev.millrace.triggers.embedded.blob.FreshBytes;
import dev.millrace.triggers.embedded.checksum.Checksum;
import dev.millrace.triggers.embedded.checksum.ChecksumAlgorithm;
import dev.millrace.triggers.embedded.checksum.RunningChecksum;
import dev.millrace.triggers.embedded.names.Content;
import dev.millrace.triggers.embedded.names.StoredObject;
import dev.millrace.triggers.embedded.names.Uploads;
import dev.millrace.triggers.embedded.refusal.ErrorCode;
import dev.millrace.triggers.embedded.refusal.Refusal;
import java.io.IOException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Multipart uploads up to their completion. */
final class MultipartOperations {
  private static final int PART_NUMBER_MAX = 10_000;

  private final Catalog catalog;
  private final long partMaxBytes;

  MultipartOperations(Catalog catalog, long partMaxBytes) {
    this.catalog = catalog;
    this.partMaxBytes = partMaxBytes;
  }

  Answer create(S3Call call) throws IOException {
    KeptHeaders.refuseUnkept(call);
    Uploads.Upload upload =
        catalog
            .uploads()
            .begin(
                new Uploads.NewUpload(
                    call.bucket(),
                    call.key(),
                    KeptHeaders.of(call),
                    Tags.ofHeader(call),
                    plan(call)))
            .orElseThrow(() -> ObjectAnswers.noSuchBucket(call.bucket()));
    Map<String, String> headers = new LinkedHashMap<>();
    upload
        .checksum()
        .ifPresent(plan -> {
          headers.put("x-amz-checksum-algorithm", plan.algorithm().name());
          headers.put("x-amz-checksum-type", plan.kind().name());
        });
    Xml xml =
        Xml.document("InitiateMultipartUploadResult")
            .element("Bucket", upload.bucket())
            .element("Key", upload.key())
            .element("UploadId", upload.id());
    return new Answer.Document(200, headers, xml.text());
  }

  private static Optional<Uploads.ChecksumPlan> plan(S3Call call) {
    Optional<String> name = call.header("x-amz-checksum-algorithm");
    if (name.isEmpty()) {
      return Optional.empty();
    }
    ChecksumAlgorithm algorithm =
        ChecksumAlgorithm.named(name.get())
            .orElseThrow(() ->
                new Refusal(ErrorCode.INVALID_REQUEST, "Not a checksum algorithm: " + name.get()));
    Checksum.Kind standard =
        algorithm == ChecksumAlgorithm.CRC64NVME
            ? Checksum.Kind.FULL_OBJECT
            : Checksum.Kind.COMPOSITE;
    Checksum.Kind kind =
        switch (call.header("x-amz-checksum-type").orElse(standard.name())) {
          case "FULL_OBJECT" -> Checksum.Kind.FULL_OBJECT;
          case "COMPOSITE" -> Checksum.Kind.COMPOSITE;
          default -> throw new Refusal(ErrorCode.INVALID_REQUEST, "Not a checksum type.");
        };
    boolean possible =
        kind == Checksum.Kind.FULL_OBJECT
            ? algorithm.composable()
            : algorithm != ChecksumAlgorithm.CRC64NVME;
    if (!possible) {
      throw new Refusal(
          ErrorCode.INVALID_REQUEST,
          "The " + kind + " checksum type cannot be used with " + algorithm + ".");
    }
    return Optional.of(new Uploads.ChecksumPlan(algorithm, kind));
  }

  Answer uploadPart(S3Call call) throws IOException {
    Uploads.Upload upload = upload(catalog, call);
    int number = partNumber(call);
    Optional<ChecksumAlgorithm> algorithm = upload.checksum().map(Uploads.ChecksumPlan::algorithm);
    catalog.blobs().space().require(Math.min(BodyReader.length(call), partMaxBytes));
    BodyReader.Received received;
    BlobId id;
    try (BlobWriter blob = catalog.blobs().create()) {
      received = BodyReader.read(call, partMaxBytes, algorithm, blob);
      id = blob.keep();
    }
    Optional<Checksum> checksum = received.checksum();
    Content.Part part =
        new Content.Part(
            number,
            new BlobPlace.InFile(id),
            received.size(),
            received.md5(),
            checksum
                .filter(value -> algorithm.isEmpty() || value.algorithm() == algorithm.get())
                .map(Checksum::value));
    putPart(upload, id, part);
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("etag", ObjectAnswers.quoted(part.etag()));
    checksum.ifPresent(value -> headers.put(value.algorithm().header(), value.value()));
    return new Answer.Empty(200, headers);
  }

  /** Parts are files, small ones too: all but the last are large. */
  private void putPart(Uploads.Upload upload, BlobId file, Content.Part part) throws IOException {
    Uploads.Change change =
        WriteOperations.committed(
            catalog, new FreshBytes.InFile(file), () -> catalog.uploads().putPart(upload, part));
    switch (change) {
      case Uploads.Change.Done done -> catalog.remove(done.unnamed());
      case Uploads.Change.NoSuchUpload() -> {
        catalog.remove(List.of(file));
        throw noSuchUpload(upload.id());
      }
    }
  }

  Answer uploadPartCopy(S3Call call) throws IOException {
    Uploads.Upload upload = upload(catalog, call);
    int number = partNumber(call);
    CopySource source = CopySource.of(call);
    ReadOperations.Opened opened = ReadOperations.open(catalog, source.bucket(), source.key());
    try (OpenContent content = opened.content()) {
      StoredObject object = CopySource.checked(call, opened.object());
      ByteRange range = sourceRange(call, object.content().size());
      Content.Part part = putCopy(upload, number, content, range);
      Xml xml =
          Xml.document("CopyPartResult")
              .element("LastModified", HttpDates.document(object.modified()))
              .element("ETag", ObjectAnswers.quoted(part.etag()));
      upload.checksum().ifPresent(plan -> xml.element(plan.algorithm().element(), part.checksum()));
      return Answer.Document.ok(xml);
    }
  }

  private Content.Part putCopy(
      Uploads.Upload upload, int number, OpenContent content, ByteRange range) throws IOException {
    RunningChecksum md5 = RunningChecksum.md5();
    Optional<RunningChecksum> checksum =
        upload.checksum().map(plan -> RunningChecksum.of(plan.algorithm()));
    try (BlobWriter blob = catalog.blobs().create()) {
      content.send(
          range,
          (bytes, last) -> {
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            md5.update(copy, 0, copy.length);
            checksum.ifPresent(running -> running.update(copy, 0, copy.length));
            blob.write(copy, 0, copy.length);
          });
      BlobId id = blob.keep();
      Content.Part part =
          new Content.Part(
              number,
              new BlobPlace.InFile(id),
              range.length(),
              HexFormat.of().formatHex(md5.value()),
              checksum.map(running -> Base64.getEncoder().encodeToString(running.value())));
      putPart(upload, id, part);
      return part;
    }
  }

  private ByteRange sourceRange(S3Call call, long size) {
    Optional<String> header = call.header("x-amz-copy-source-range");
    ByteRange range = new ByteRange(0, size);
    if (header.isPresent()) {
      range =
          ByteRange.parse(header.get(), size)
              .filter(found -> header.get().matches("bytes=[0-9]+-[0-9]+"))
              .filter(found -> header.get().endsWith("-" + (found.offset() + found.length() - 1)))
              .orElseThrow(() ->
                  new Refusal(
                      ErrorCode.INVALID_ARGUMENT,
                      "x-amz-copy-source-range must be bytes=first-last within the source's "
                          + size
                          + " bytes: "
                          + header.get()));
    }
    if (range.length() > partMaxBytes) {
      throw new Refusal(
          ErrorCode.INVALID_REQUEST, "A part has at most " + partMaxBytes + " bytes.");
    }
    return range;
  }

  Answer abort(S3Call call) throws IOException {
    Uploads.Upload upload = upload(catalog, call);
    return switch (catalog.uploads().abort(upload)) {
      case Uploads.Change.Done done -> {
        catalog.remove(done.unnamed());
        yield Answer.Empty.noContent();
      }
      case Uploads.Change.NoSuchUpload() -> throw noSuchUpload(upload.id());
    };
  }

  static Uploads.Upload upload(Catalog catalog, S3Call call) throws IOException {
    String id = call.query().first("uploadId").orElse("");
    Optional<Uploads.Upload> upload = catalog.uploads().find(call.bucket(), call.key(), id);
    if (upload.isEmpty()) {
      throw catalog.buckets().find(call.bucket()).isEmpty()
          ? ObjectAnswers.noSuchBucket(call.bucket())
          : noSuchUpload(id);
    }
    return upload.get();
  }

  static Refusal noSuchUpload(String id) {
    return new Refusal(
        ErrorCode.NO_SUCH_UPLOAD, "The upload does not exist, or was completed or aborted: " + id);
  }

  private static int partNumber(S3Call call) {
    int number = call.number("partNumber", 0, Integer.MAX_VALUE);
    if (number < 1 || number > PART_NUMBER_MAX) {
      throw new Refusal(
          ErrorCode.INVALID_ARGUMENT,
          "Part number must be an integer between 1 and " + PART_NUMBER_MAX + ", inclusive");
    }
    return number;
  }
}
