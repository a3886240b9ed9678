package dev.millrace.triggers.embedded.names;

import dev.millrace.triggers.embedded.refusal.ErrorCode;
import dev.millrace.triggers.embedded.refusal.Refusal;
import java.sql.SQLException;

/**
 * How many bytes objects and pending parts may have. Each name counts with its whole size, also
 * where two names share their bytes.
 *
 * @param storeMaxBytes in all buckets together
 * @param bucketMaxBytes in each of them
 */
public record Quota(long storeMaxBytes, long bucketMaxBytes) {
  /** As much as the disk takes. */
  public static final Quota NONE = new Quota(Long.MAX_VALUE, Long.MAX_VALUE);

  public Quota {
    if (storeMaxBytes < 0 || bucketMaxBytes < 0) {
      throw new IllegalArgumentException("a quota is 0 bytes or more");
    }
  }

  /** What is used. */
  record Used(long storeBytes, long bucketBytes) {}

  Used used(Statements statements, String bucket) throws SQLException {
    if (this.equals(NONE)) {
      return new Used(0, 0);
    }
    return statements
        .first(
            row -> new Used(row.getLong(1), row.getLong(2)),
            "SELECT coalesce(sum(bytes), 0), coalesce(sum(CASE WHEN bucket = ? THEN bytes END), 0)"
                + " FROM bucket_usage",
            bucket)
        .orElseThrow();
  }

  /** Refuses a write within its transaction when it made use grow beyond the quota. */
  void check(Statements statements, String bucket, Used before) throws SQLException {
    Used after = used(statements, bucket);
    check(before, after);
  }

  /** Refuses what would grow use beyond the quota. */
  void check(Used before, Used after) {
    if (after.bucketBytes() > bucketMaxBytes && after.bucketBytes() > before.bucketBytes()) {
      throw exceeded("bucket", bucketMaxBytes, after.bucketBytes());
    }
    if (after.storeBytes() > storeMaxBytes && after.storeBytes() > before.storeBytes()) {
      throw exceeded("store", storeMaxBytes, after.storeBytes());
    }
  }

  private static Refusal exceeded(String what, long max, long wanted) {
    return new Refusal(
        ErrorCode.QUOTA_EXCEEDED,
        "The quota of the " + what + " is " + max + " bytes; this would make it " + wanted + ".");
  }
}
