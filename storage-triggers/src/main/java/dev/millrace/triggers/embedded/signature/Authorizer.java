package dev.millrace.triggers.embedded.signature;

/** Decides what an authenticated caller may do. Asked before a body is read. */
@FunctionalInterface
public interface Authorizer {

  /** What a request wants of an object, a prefix or a bucket. */
  enum Action {
    READ,
    WRITE,
    DELETE,
    LIST,
    ADMINISTER
  }

  /**
   * One wish.
   *
   * @param operation S3's name of the operation, as {@code PutObject}
   * @param bucket the bucket, empty for the list of buckets
   * @param key the key, or the prefix of a listing; empty for the bucket itself
   */
  record Access(Action action, String operation, String bucket, String key) {}

  /** Whether the caller may. */
  boolean permits(AccessKey caller, Access access);

  /** Every access key may do everything. */
  static Authorizer allowAll() {
    return (caller, access) -> true;
  }
}
