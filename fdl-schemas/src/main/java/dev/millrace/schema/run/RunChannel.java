package dev.millrace.schema.run;

import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.object.UploadStep;
import dev.millrace.schema.sign.SignedBytes;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * All that a run asks of the coordinator. Every call is idempotent; an IOException means that the
 * outcome is unknown and the call may be made again.
 */
public interface RunChannel {
  /**
   * Claims the order's attempt for a fresh run; the first claim wins, and the same run id asking
   * again gets the same answer, with the secrets of today.
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

  /**
   * Which runs of a provider somebody reads along with. Answers as soon as that is not what was
   * known, else when the patience is over.
   *
   * @param known version of the last answer; 0 at first
   */
  default Followed followed(ProviderId provider, long known, Duration patience)
      throws IOException, InterruptedException {
    return new Followed.Never();
  }

  /**
   * Hands over what a run has printed so far, for who reads along: as its log will begin. It is
   * kept for nobody else; the log that counts is the one that the run leaves beside its manifest.
   *
   * @param from where in the log the text begins
   */
  default Heard printed(RunRef run, long from, byte[] text) throws IOException {
    return new Heard.Enough();
  }

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

  /** Who is read along with. */
  sealed interface Followed {
    /**
     * These.
     *
     * @param version of this answer, never 0
     */
    record Runs(long version, List<RunId> runs) implements Followed {
      public Runs {
        runs = List.copyOf(runs);
      }
    }

    /** There is no reading along by this way: asking again is of no use. */
    record Never() implements Followed {}
  }

  /** The answer to what was printed. */
  sealed interface Heard {
    /** More is welcome, from there on: from 0 when a coordinator has just begun to listen. */
    record GoOn(long from) implements Heard {}

    /** Nobody reads along, nothing more is kept, or the run is not the attempt's current one. */
    record Enough() implements Heard {}
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
