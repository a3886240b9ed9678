package dev.millrace.triggers.embedded.refusal;

/**
 * S3's error codes with their HTTP status, as listed in the API reference under "Error responses".
 */
public enum ErrorCode {
  ACCESS_DENIED(403, "AccessDenied"),
  ACCESS_FORBIDDEN(403, "AccessForbidden"),
  AUTHORIZATION_HEADER_MALFORMED(400, "AuthorizationHeaderMalformed"),
  AUTHORIZATION_QUERY_PARAMETERS_ERROR(400, "AuthorizationQueryParametersError"),
  BAD_DIGEST(400, "BadDigest"),
  BAD_REQUEST(400, "BadRequest"),
  BUCKET_ALREADY_OWNED_BY_YOU(409, "BucketAlreadyOwnedByYou"),
  BUCKET_NOT_EMPTY(409, "BucketNotEmpty"),
  CONTENT_SHA256_MISMATCH(400, "XAmzContentSHA256Mismatch"),
  ENTITY_TOO_LARGE(400, "EntityTooLarge"),
  ENTITY_TOO_SMALL(400, "EntityTooSmall"),
  INCOMPLETE_BODY(400, "IncompleteBody"),
  INSUFFICIENT_STORAGE(507, "InsufficientStorage"),
  INTERNAL_ERROR(500, "InternalError"),
  INVALID_ACCESS_KEY_ID(403, "InvalidAccessKeyId"),
  INVALID_ARGUMENT(400, "InvalidArgument"),
  INVALID_BUCKET_NAME(400, "InvalidBucketName"),
  INVALID_DIGEST(400, "InvalidDigest"),
  INVALID_PART(400, "InvalidPart"),
  INVALID_PART_NUMBER(416, "InvalidPartNumber"),
  INVALID_PART_ORDER(400, "InvalidPartOrder"),
  INVALID_POLICY_DOCUMENT(400, "InvalidPolicyDocument"),
  INVALID_RANGE(416, "InvalidRange"),
  INVALID_REQUEST(400, "InvalidRequest"),
  INVALID_STORAGE_CLASS(400, "InvalidStorageClass"),
  INVALID_TAG(400, "InvalidTag"),
  INVALID_URI(400, "InvalidURI"),
  KEY_TOO_LONG(400, "KeyTooLongError"),
  MALFORMED_POST_REQUEST(400, "MalformedPOSTRequest"),
  MALFORMED_XML(400, "MalformedXML"),
  MAX_POST_PRE_DATA_LENGTH_EXCEEDED(400, "MaxPostPreDataLengthExceeded"),
  METADATA_TOO_LARGE(400, "MetadataTooLarge"),
  METHOD_NOT_ALLOWED(405, "MethodNotAllowed"),
  MISSING_CONTENT_LENGTH(411, "MissingContentLength"),
  NO_SUCH_ACCESS_BLOCK(404, "NoSuchPublicAccessBlockConfiguration"),
  NO_SUCH_BUCKET(404, "NoSuchBucket"),
  NO_SUCH_BUCKET_POLICY(404, "NoSuchBucketPolicy"),
  NO_SUCH_CORS_CONFIGURATION(404, "NoSuchCORSConfiguration"),
  NO_SUCH_ENCRYPTION(404, "ServerSideEncryptionConfigurationNotFoundError"),
  NO_SUCH_KEY(404, "NoSuchKey"),
  NO_SUCH_LIFECYCLE_CONFIGURATION(404, "NoSuchLifecycleConfiguration"),
  NO_SUCH_OBJECT_LOCK(404, "ObjectLockConfigurationNotFoundError"),
  NO_SUCH_REPLICATION(404, "ReplicationConfigurationNotFoundError"),
  NO_SUCH_TAG_SET(404, "NoSuchTagSet"),
  NO_SUCH_UPLOAD(404, "NoSuchUpload"),
  NO_SUCH_WEBSITE_CONFIGURATION(404, "NoSuchWebsiteConfiguration"),
  NOT_IMPLEMENTED(501, "NotImplemented"),
  PRECONDITION_FAILED(412, "PreconditionFailed"),
  QUOTA_EXCEEDED(403, "QuotaExceeded"),
  REQUEST_TIME_TOO_SKEWED(403, "RequestTimeTooSkewed"),
  REQUEST_TIMEOUT(400, "RequestTimeout"),
  SIGNATURE_DOES_NOT_MATCH(403, "SignatureDoesNotMatch"),
  SLOW_DOWN(503, "SlowDown");

  private final int status;
  private final String code;

  ErrorCode(int status, String code) {
    this.status = status;
    this.code = code;
  }

  /** The HTTP status that goes with the code. */
  public int status() {
    return status;
  }

  /** The word in the error document. */
  public String code() {
    return code;
  }
}
