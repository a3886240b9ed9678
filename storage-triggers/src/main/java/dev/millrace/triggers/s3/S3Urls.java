package dev.millrace.triggers.s3;

import dev.millrace.schema.object.UploadStep;
import java.net.URI;
import java.net.URL;
import java.time.Duration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** URLs that do one thing without credentials. */
final class S3Urls implements AutoCloseable {
  private final S3Presigner presigner;

  S3Urls(S3Presigner presigner) {
    this.presigner = presigner;
  }

  URI get(String bucket, String key, Duration validity) {
    return uri(
        presigner
            .presignGetObject(
                p -> p.signatureDuration(validity).getObjectRequest(r -> r.bucket(bucket).key(key)))
            .url());
  }

  URI put(String bucket, String key, Duration validity) {
    return uri(
        presigner
            .presignPutObject(
                p -> p.signatureDuration(validity).putObjectRequest(r -> r.bucket(bucket).key(key)))
            .url());
  }

  URI upload(String bucket, String key, UploadStep step, Duration validity) {
    return uri(
        switch (step) {
          case UploadStep.Begin() ->
              presigner
                  .presignCreateMultipartUpload(p ->
                      p.signatureDuration(validity)
                          .createMultipartUploadRequest(r -> r.bucket(bucket).key(key)))
                  .url();
          case UploadStep.Part(String upload, int number) ->
              presigner
                  .presignUploadPart(p ->
                      p.signatureDuration(validity)
                          .uploadPartRequest(
                              r -> r.bucket(bucket).key(key).uploadId(upload).partNumber(number)))
                  .url();
          case UploadStep.Complete(String upload) ->
              presigner
                  .presignCompleteMultipartUpload(p ->
                      p.signatureDuration(validity)
                          .completeMultipartUploadRequest(
                              r -> r.bucket(bucket).key(key).uploadId(upload)))
                  .url();
          case UploadStep.Abort(String upload) ->
              presigner
                  .presignAbortMultipartUpload(p ->
                      p.signatureDuration(validity)
                          .abortMultipartUploadRequest(
                              r -> r.bucket(bucket).key(key).uploadId(upload)))
                  .url();
        });
  }

  private static URI uri(URL url) {
    return URI.create(url.toString());
  }

  @Override
  public void close() {
    presigner.close();
  }
}
