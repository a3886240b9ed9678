package dev.millrace.runtime.unit;

import dev.millrace.schema.id.RunId;
import dev.millrace.schema.run.OutputFile;
import dev.millrace.schema.run.RunOutcome;
import dev.millrace.schema.sign.SignedBytes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A run's state as it was kept when functions had no secrets. */
record EarlierRunState(
    SignedBytes order,
    RunId run,
    RunState.Step step,
    String inputSha256,
    RunState.Times times,
    @Nullable RunOutcome outcome,
    List<OutputFile> outputs,
    @Nullable SignedBytes manifest) {
  EarlierRunState {
    outputs = List.copyOf(outputs);
  }

  /** The same run now. */
  RunState now() {
    return new RunState(order, run, step, inputSha256, "", times, outcome, outputs, manifest);
  }
}
