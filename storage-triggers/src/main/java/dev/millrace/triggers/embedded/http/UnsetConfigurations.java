package dev.millrace.triggers.embedded.http;

import dev.millrace.triggers.embedded.refusal.ErrorCode;
import dev.millrace.triggers.embedded.refusal.Refusal;
import java.io.IOException;
import java.util.List;

/** What of a bucket this store cannot set: clients that look at it are told that it is not set. */
final class UnsetConfigurations {
  private final BucketOperations buckets;

  UnsetConfigurations(BucketOperations buckets) {
    this.buckets = buckets;
  }

  /**
   * One that nobody can set.
   *
   * @param operation S3's name of the look at it
   * @param parameter the query parameter that asks for it
   */
  record Unset(String operation, String parameter, ErrorCode code) {}

  static final List<Unset> ALL =
      List.of(
          new Unset("GetBucketPolicy", "policy", ErrorCode.NO_SUCH_BUCKET_POLICY),
          new Unset("GetBucketLifecycle", "lifecycle", ErrorCode.NO_SUCH_LIFECYCLE_CONFIGURATION),
          new Unset("GetBucketEncryption", "encryption", ErrorCode.NO_SUCH_ENCRYPTION),
          new Unset("GetObjectLockConfiguration", "object-lock", ErrorCode.NO_SUCH_OBJECT_LOCK),
          new Unset("GetBucketReplication", "replication", ErrorCode.NO_SUCH_REPLICATION),
          new Unset("GetBucketWebsite", "website", ErrorCode.NO_SUCH_WEBSITE_CONFIGURATION),
          new Unset("GetPublicAccessBlock", "publicAccessBlock", ErrorCode.NO_SUCH_ACCESS_BLOCK),
          new Unset("GetBucketTagging", "tagging", ErrorCode.NO_SUCH_TAG_SET));

  Answer get(S3Call call, Unset unset) throws IOException {
    buckets.require(call);
    throw new Refusal(unset.code(), "The bucket has none, and this store takes none.");
  }

  /** Who pays is the owner, always. */
  Answer requestPayment(S3Call call) throws IOException {
    buckets.require(call);
    return Answer.Document.ok(
        Xml.document("RequestPaymentConfiguration").element("Payer", "BucketOwner"));
  }
}
