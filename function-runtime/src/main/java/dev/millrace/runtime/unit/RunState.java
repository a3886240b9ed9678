package dev.millrace.runtime.unit;

import dev.millrace.schema.id.RunId;
import dev.millrace.schema.run.OutputFile;
import dev.millrace.schema.run.RunOutcome;
import dev.millrace.schema.sign.SignedBytes;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a run between its steps, so that a restart goes on where it was. It holds no
 * secret: a grant is asked for again.
 *
 * @param order as it was found
 * @param inputSha256 empty until the input is fetched
 * @param secretsMark of the secrets that the function is started with, empty before and without any
 * @param outcome null until the function has ended, or it is clear that it never starts
 * @param manifest signed and ready to be written, null before
 */
record RunState(
    SignedBytes order,
    RunId run,
    Step step,
    String inputSha256,
    String secretsMark,
    Times times,
    @Nullable RunOutcome outcome,
    List<OutputFile> outputs,
    @Nullable SignedBytes manifest) {
  RunState {
    outputs = List.copyOf(outputs);
  }

  /** How far a run is; each names what is done. */
  enum Step {
    /** Nothing but the decision to claim. */
    CLAIMING,
    /** Input and files are in place. */
    FETCHED,
    /** The runner is being asked to start the function, or has. */
    STARTING,
    /** The outcome is known. */
    ENDED,
    /** Outputs and log are where the manifest says. */
    UPLOADED,
    /** The manifest is signed, the receipt in the chain. */
    SIGNED
  }

  /** The provider's wall clock along the run; null for what has not happened. */
  record Times(
      Instant claimedAt,
      @Nullable Instant fetchedAt,
      @Nullable Instant startedAt,
      @Nullable Instant endedAt) {}

  static RunState claiming(SignedBytes order, RunId run, Instant now) {
    return new RunState(
        order, run, Step.CLAIMING, "", "", new Times(now, null, null, null), null, List.of(), null);
  }

  RunState fetched(String sha256, Instant now) {
    return new RunState(
        order,
        run,
        Step.FETCHED,
        sha256,
        "",
        new Times(times.claimedAt(), now, null, null),
        null,
        outputs,
        null);
  }

  RunState starting(String mark) {
    return new RunState(order, run, Step.STARTING, inputSha256, mark, times, null, outputs, null);
  }

  RunState ended(RunOutcome how, Instant started, Instant ended) {
    return new RunState(
        order,
        run,
        Step.ENDED,
        inputSha256,
        secretsMark,
        new Times(times.claimedAt(), times.fetchedAt(), started, ended),
        how,
        outputs,
        null);
  }

  RunState uploaded(RunOutcome how, List<OutputFile> files) {
    return new RunState(
        order, run, Step.UPLOADED, inputSha256, secretsMark, times, how, files, null);
  }

  RunState signed(SignedBytes bytes) {
    return new RunState(
        order, run, Step.SIGNED, inputSha256, secretsMark, times, outcome, outputs, bytes);
  }
}
