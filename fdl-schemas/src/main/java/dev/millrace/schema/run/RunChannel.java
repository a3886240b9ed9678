package dev.millrace.schema.run;

import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.object.UploadStep;
import dev.millrace.schema.sign.SignedBytes;
import java.io.IOException;
import java.net.URI;

/**
 * All that a run asks of the coordinator. Every call is idempotent; an IOException means that the
 * outcome is unknown and the call may be made again.
 */
public interface RunChannel {
  /**
   * Claims the order's attempt for a fresh run; the first claim wins, and the same run id asking
   * again gets the same answer.
   *
   * @param order as it was found in the intermediate bucket
   */
  Claim claim(SignedBytes order, RunId run) throws IOException;

  /** A fresh URL for one thing that the run reads or writes. */
  UrlAnswer url(RunRef run, Want want) throws IOException;

  /**
   * Keeps the lease alive.
   *
   * @param counter larger at each renewal
   */
  Renewal renew(RunRef run, long counter) throws IOException;

  /**
   * Says that the manifest is in place; only a hint, since the coordinator watches the bucket.
   *
   * @param manifest the same bytes that were written
   */
  Settled settle(RunRef run, SignedBytes manifest) throws IOException;

  /** The same objects without a URL, where coordinator and store are in the caller's process. */
  default RunObjects near() {
    return RunObjects.NONE;
  }

  /** What a run may read or write. */
  sealed interface Want {
    /** The input object. */
    record Input() implements Want {}

    /** The zip of input and environment file, where the order names one. */
    record Bundle() implements Want {}

    /**
     * A file that ships with the function.
     *
     * @param sha256 its digest
     */
    record FunctionPart(String sha256) implements Want {}

    /**
     * An object under the run's own prefix, to be written: relative, for instance {@code
     * out/a.txt}.
     */
    record Output(String relative) implements Want {}

    /**
     * A step of the upload in parts of such an object. An abort is granted to a run whose lease is
     * lost too: it takes away only what that run began.
     */
    record OutputUpload(String relative, UploadStep step) implements Want {}
  }

  /** The answer to a claim. */
  sealed interface Claim {
    /** This run has the attempt. */
    record Granted(RunGrant grant) implements Claim {}

    /** Another run has it, or had it. */
    record Taken() implements Claim {}

    /** Not a valid order, expired, of another pool, or its attempt has ended. */
    record Refused(String reason) implements Claim {}
  }

  /** The answer to a wish for a URL. */
  sealed interface UrlAnswer {
    /** Use this before it expires. */
    record Granted(URI url) implements UrlAnswer {}

    /** The token is not current or the wish is not this run's. */
    record Refused(String reason) implements UrlAnswer {}
  }

  /** The answer to a renewal. */
  enum Renewal {
    RENEWED,
    /** The job was cancelled: stop the function and settle. */
    CANCELLED,
    /** The lease has passed to another: stop at once, nothing of this run counts. */
    STALE
  }

  /** The answer to a settlement. */
  enum Settled {
    ACCEPTED,
    /** The attempt has ended or belongs to another run. */
    STALE,
    /** The manifest is not validly signed or not of this run. */
    REFUSED
  }
}
