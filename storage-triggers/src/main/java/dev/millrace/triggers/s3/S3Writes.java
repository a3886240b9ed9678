package dev.millrace.triggers.s3;

import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.UploadStep;
import dev.millrace.schema.object.WriteOptions;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;

/** Writes from a stream: one request up to a size, parts above it, never in memory. */
final class S3Writes {
  static final long ONE_WRITE_MAX_BYTES = 5L << 30;
  static final long PART_BYTES = 128L << 20;

  private final S3Client client;
  private final S3Uploads uploads;
  private final long oneWriteMaxBytes;
  private final long partBytes;

  S3Writes(S3Client client, S3Uploads uploads, long oneWriteMaxBytes, long partBytes) {
    this.client = client;
    this.uploads = uploads;
    this.oneWriteMaxBytes = oneWriteMaxBytes;
    this.partBytes = partBytes;
  }

  /** The entity tag, in quotes. */
  String write(ObjectName name, InputStream body, long length, WriteOptions options) {
    return length <= oneWriteMaxBytes
        ? writeWhole(name, body, length, options)
        : uploads.make(name, options, upload -> parts(name, upload, body, length));
  }

  private String writeWhole(ObjectName name, InputStream body, long length, WriteOptions options) {
    PutObjectRequest.Builder request =
        PutObjectRequest.builder()
            .bucket(name.bucket())
            .key(name.key())
            .contentType(options.contentType())
            .metadata(options.metadata());
    if (options.onlyIfAbsent()) {
      request.ifNoneMatch("*");
    }
    RequestBody content = RequestBody.fromInputStream(new Portion(body, length), length);
    return client.putObject(request.build(), content).eTag();
  }

  private List<CompletedPart> parts(ObjectName name, String upload, InputStream body, long length) {
    long size = UploadStep.partBytes(partBytes, length);
    List<CompletedPart> parts = new ArrayList<>();
    for (long offset = 0; offset < length; offset += size) {
      long bytes = Math.min(size, length - offset);
      int number = parts.size() + 1;
      String eTag =
          client
              .uploadPart(
                  r ->
                      r.bucket(name.bucket())
                          .key(name.key())
                          .uploadId(upload)
                          .partNumber(number)
                          .contentLength(bytes),
                  RequestBody.fromInputStream(new Portion(body, bytes), bytes))
              .eTag();
      parts.add(CompletedPart.builder().partNumber(number).eTag(eTag).build());
    }
    return parts;
  }
}
