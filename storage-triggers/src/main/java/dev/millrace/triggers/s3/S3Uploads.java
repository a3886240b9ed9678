package dev.millrace.triggers.s3;

import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.WriteOptions;
import java.util.List;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompleteMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.MultipartUpload;

/** Objects made of parts: begun, filled, and then completed or aborted. */
final class S3Uploads {
  private static final System.Logger LOG = System.getLogger(S3Uploads.class.getName());

  private final S3Client client;

  S3Uploads(S3Client client) {
    this.client = client;
  }

  /** Fills an upload with parts. */
  @FunctionalInterface
  interface Filling {
    List<CompletedPart> parts(String upload);
  }

  /** Makes an object; when that fails, no part stays. The entity tag, in quotes. */
  String make(ObjectName to, WriteOptions options, Filling filling) {
    String upload =
        client
            .createMultipartUpload(r ->
                r.bucket(to.bucket())
                    .key(to.key())
                    .contentType(options.contentType())
                    .metadata(options.metadata()))
            .uploadId();
    boolean done = false;
    try {
      List<CompletedPart> parts = filling.parts(upload);
      CompleteMultipartUploadRequest.Builder request =
          CompleteMultipartUploadRequest.builder()
              .bucket(to.bucket())
              .key(to.key())
              .uploadId(upload)
              .multipartUpload(m -> m.parts(parts));
      if (options.onlyIfAbsent()) {
        request.ifNoneMatch("*");
      }
      String eTag = client.completeMultipartUpload(request.build()).eTag();
      done = true;
      return eTag;
    } finally {
      if (!done) {
        abort(to, upload);
      }
    }
  }

  private void abort(ObjectName to, String upload) {
    try {
      client.abortMultipartUpload(r -> r.bucket(to.bucket()).key(to.key()).uploadId(upload));
    } catch (SdkException e) {
      LOG.log(System.Logger.Level.WARNING, "An upload was left behind: " + to.uri(), e);
    }
  }

  /** Aborts what was begun under a prefix; what ends meanwhile is left alone. */
  void abortAll(String bucket, String prefix) {
    for (MultipartUpload upload :
        client.listMultipartUploadsPaginator(r -> r.bucket(bucket).prefix(prefix)).uploads()) {
      try {
        client.abortMultipartUpload(
            r -> r.bucket(bucket).key(upload.key()).uploadId(upload.uploadId()));
      } catch (SdkServiceException e) {
        if (!S3Errors.isAbsent(e)) {
          throw e;
        }
      }
    }
  }
}
