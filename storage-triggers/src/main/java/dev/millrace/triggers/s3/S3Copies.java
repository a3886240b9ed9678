package dev.millrace.triggers.s3;

import dev.millrace.schema.object.ObjectHead;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.UploadStep;
import dev.millrace.schema.object.VersionTag;
import dev.millrace.schema.object.WriteOptions;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.MetadataDirective;

/** Server-side copies: one request up to a size, parts above it. */
final class S3Copies {
  static final long ONE_COPY_MAX_BYTES = 5L << 30;
  static final long PART_BYTES = 512L << 20;

  private final S3Client client;
  private final S3Uploads uploads;
  private final long oneCopyMaxBytes;
  private final long partBytes;

  S3Copies(S3Client client, S3Uploads uploads, long oneCopyMaxBytes, long partBytes) {
    this.client = client;
    this.uploads = uploads;
    this.oneCopyMaxBytes = oneCopyMaxBytes;
    this.partBytes = partBytes;
  }

  void copy(ObjectHead source, ObjectName to, WriteOptions options) {
    if (source.size() <= oneCopyMaxBytes || copiesByName(source)) {
      copyWhole(source.name(), to, options);
    } else {
      uploads.make(to, options, upload -> copyParts(source, to, upload));
    }
  }

  /** The embedded store, which alone counts generations, gives the same bytes a second name. */
  private static boolean copiesByName(ObjectHead source) {
    return source.version() instanceof VersionTag.Generation;
  }

  private void copyWhole(ObjectName from, ObjectName to, WriteOptions options) {
    client.copyObject(r ->
        r.sourceBucket(from.bucket())
            .sourceKey(from.key())
            .destinationBucket(to.bucket())
            .destinationKey(to.key())
            .metadataDirective(MetadataDirective.REPLACE)
            .contentType(options.contentType())
            .metadata(options.metadata()));
  }

  private List<CompletedPart> copyParts(ObjectHead source, ObjectName to, String upload) {
    long size = UploadStep.partBytes(partBytes, source.size());
    List<CompletedPart> parts = new ArrayList<>();
    for (long offset = 0; offset < source.size(); offset += size) {
      long last = Math.min(offset + size, source.size()) - 1;
      String range = "bytes=" + offset + "-" + last;
      int number = parts.size() + 1;
      String eTag =
          client
              .uploadPartCopy(r ->
                  r.sourceBucket(source.name().bucket())
                      .sourceKey(source.name().key())
                      .copySourceIfMatch('"' + source.eTag() + '"')
                      .copySourceRange(range)
                      .destinationBucket(to.bucket())
                      .destinationKey(to.key())
                      .uploadId(upload)
                      .partNumber(number))
              .copyPartResult()
              .eTag();
      parts.add(CompletedPart.builder().partNumber(number).eTag(eTag).build());
    }
    return parts;
  }
}
