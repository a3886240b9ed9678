package dev.millrace.schema.run;

import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.sign.SignedBytes;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a run leaves last under its prefix, signed by the provider as {@code millrace.manifest.v1}:
 * when it is there, the set is complete.
 *
 * @param receipt the provider's signed receipt of the same run
 * @param logBytes size in bytes of the log that was kept beside it as {@code log}; 0 when the
 *     function wrote nothing and none was kept, {@link #LOG_LOST} when it could not be kept
 */
public record Manifest(
    RunRef run,
    RunOutcome outcome,
    List<OutputFile> outputs,
    long logBytes,
    RunTimes times,
    SignedBytes receipt) {
  /** Type tag of the signed form. */
  public static final String TYPE = "millrace.manifest.v1";

  /** Name of the manifest's object under the run's prefix. */
  public static final String NAME = "manifest";

  /** Name of the log's object under the run's prefix. */
  public static final String LOG = "log";

  /** Outputs lie under this below the run's prefix. */
  public static final String OUTPUTS = "out/";

  /** In place of a log's size: there was one, and it could not be kept. */
  public static final long LOG_LOST = -1;

  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  public Manifest {
    outputs = List.copyOf(outputs);
    outputs.forEach(Manifest::requireWhole);
    if (logBytes < LOG_LOST) {
      throw new IllegalArgumentException(
          "a log's size is 0 or more, or -1 for one that was lost: " + logBytes);
    }
  }

  /** It comes from a provider: what it says of a file is kept as it stands, or refused here. */
  private static void requireWhole(OutputFile output) {
    if (output.size() < 0) {
      throw new IllegalArgumentException(
          "the output " + output.path() + " has a negative size: " + output.size());
    }
    if (!SHA256.matcher(String.valueOf(output.sha256())).matches()) {
      throw new IllegalArgumentException(
          "the output " + output.path() + " has no SHA-256 of 64 lower-case hex digits");
    }
  }

  /** Where the run's objects lie in the bucket of its outputs: ends with a slash. */
  public static String prefix(RunRef run) {
    return ".millrace/"
        + run.attempt().job()
        + "/"
        + run.attempt().number()
        + "/"
        + run.run()
        + "/";
  }

  /**
   * The provider's wall clock along a run.
   *
   * @param claimedAt the claim was granted
   * @param fetchedAt input and files are on disk
   * @param startedAt the function was started
   * @param endedAt the function ended
   * @param uploadedAt all outputs are uploaded
   */
  public record RunTimes(
      Instant claimedAt,
      Instant fetchedAt,
      Instant startedAt,
      Instant endedAt,
      Instant uploadedAt) {}
}
