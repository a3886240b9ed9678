package dev.millrace.triggers.s3;

import dev.millrace.schema.object.StoreException;
import java.util.Set;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Sorts the SDK's exceptions into those where asking again can help and those where it cannot. */
final class S3Errors {
  private static final Set<Integer> PASSING_STATUS = Set.of(408, 409, 425, 429);
  private static final Set<String> PASSING_CODE =
      Set.of(
          "SlowDown",
          "RequestTimeout",
          "RequestTimeTooSkewed",
          "ServiceUnavailable",
          "Throttling",
          "ThrottlingException",
          "OperationAborted",
          "ConditionalRequestConflict",
          "InternalError",
          "IncompleteBody");

  private static final int INSUFFICIENT_STORAGE = 507;
  private static final int NOT_IMPLEMENTED = 501;
  private static final int FORBIDDEN = 403;

  private S3Errors() {}

  /** The exception of the port for one of the SDK. */
  static StoreException sorted(String wish, SdkException failure) {
    String message = wish + ": " + failure.getMessage();
    return failure instanceof SdkServiceException
        ? new StoreException(kind(failure), message, failure)
        : StoreException.silent(message, failure);
  }

  private static StoreException.Kind kind(SdkException failure) {
    if (canPass(failure)) {
      return StoreException.Kind.RETRY;
    }
    return failure instanceof SdkServiceException answer && answer.statusCode() == FORBIDDEN
        ? StoreException.Kind.DENIED
        : StoreException.Kind.GIVE_UP;
  }

  /** Whether the answer says that the object, or what it needs, is not there. */
  static boolean isAbsent(SdkServiceException failure) {
    return failure.statusCode() == 404 && !code(failure).equals("NoSuchBucket");
  }

  static boolean isConditionFailed(SdkServiceException failure) {
    return failure.statusCode() == 412;
  }

  static String code(SdkServiceException failure) {
    if (failure instanceof S3Exception s3
        && s3.awsErrorDetails() != null
        && s3.awsErrorDetails().errorCode() != null) {
      return s3.awsErrorDetails().errorCode();
    }
    return "";
  }

  private static boolean canPass(SdkException failure) {
    if (failure instanceof SdkServiceException answer) {
      int status = answer.statusCode();
      boolean server = status >= 500 && status != NOT_IMPLEMENTED && status != INSUFFICIENT_STORAGE;
      return server || PASSING_STATUS.contains(status) || PASSING_CODE.contains(code(answer));
    }
    // Everything else comes from this side of the wire: connections, timeouts, interruptions.
    return true;
  }
}
