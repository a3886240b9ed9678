package dev.millrace.orch.desk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.rig.Rig;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.run.Manifest;
import dev.millrace.schema.run.RunChannel.Heard;
import dev.millrace.schema.run.RunOutcome;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunLogsTest {
  @TempDir Path folder;
  private Rig rig;

  @BeforeEach
  void open() throws IOException {
    rig = new Rig(folder, "{}");
    rig.deploy("");
    rig.drop("in/a", "x");
  }

  @AfterEach
  void close() throws IOException {
    rig.close();
  }

  /** Ends the job's run with a manifest that says so much of its log. */
  private RunRef ended(long logBytes) throws IOException {
    JobId job = rig.job().id();
    rig.await(job, JobState.STAGED);
    RunRef run = rig.claim(job, rig.hand.run());
    rig.hand.logBytes = logBytes;
    rig.settle(run, new RunOutcome.Succeeded(), Map.of());
    rig.await(job, JobState.SUCCEEDED);
    return run;
  }

  private RunLog log(RunRef run) throws IOException {
    return rig.desk().log(Rig.MAIN, run.attempt());
  }

  private static String text(RunLog log) throws IOException {
    assertThat(log).isInstanceOf(RunLog.Text.class);
    try (InputStream bytes = ((RunLog.Text) log).bytes()) {
      return new String(bytes.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void aLogThatIsEmptyByItsManifestIsAnsweredAsEmpty() throws Exception {
    assertThat(text(log(ended(0)))).isEmpty();
  }

  @Test
  void aLogInTheBucketIsAnsweredAsItIs() throws Exception {
    RunRef run = ended(5);
    rig.store.put("bucket", Manifest.prefix(run) + Manifest.LOG, "line\n");

    assertThat(text(log(run))).isEqualTo("line\n");
  }

  @Test
  void aLogThatWasRemovedIsNotShownAsAnEmptyOne() throws Exception {
    RunRef run = ended(5);

    assertThat(log(run))
        .isEqualTo(
            new RunLog.Gone(
                "the run left a log of 5 bytes, and it is no longer in its bucket as bucket/"
                    + Manifest.prefix(run)
                    + "log"));
  }

  @Test
  void aLogThatCouldNotBeKeptIsSaidToBeLost() throws Exception {
    assertThat(log(ended(Manifest.LOG_LOST)))
        .isEqualTo(new RunLog.Gone("the provider could not keep the run's log, which is lost"));
  }

  @Test
  void anAttemptThatIsNotThereOrHasNotRunHasNoLog() throws Exception {
    JobId job = rig.job().id();
    rig.await(job, JobState.STAGED);

    assertThat(rig.desk().log(Rig.MAIN, new AttemptId(job, 1))).isEqualTo(new RunLog.None());
    assertThat(rig.desk().log(Rig.MAIN, new AttemptId(job, 7))).isEqualTo(new RunLog.None());
    assertThat(rig.desk().log(Rig.MAIN, new AttemptId(job, 1))).isEqualTo(new RunLog.None());
  }

  @Test
  void ofAnAttemptThatRunsThereIsWhatItsCurrentRunHasPrinted() throws Exception {
    JobId job = rig.job().id();
    rig.await(job, JobState.STAGED);
    RunRef run = rig.claim(job, rig.hand.run());
    RunRef stale = new RunRef(run.attempt(), rig.hand.run(), run.token());
    byte[] text = "line\n".getBytes(StandardCharsets.UTF_8);
    assertThat(rig.channel().printed(run, 0, text)).isEqualTo(new Heard.Enough());

    assertThat(printed(log(run))).isEmpty();
    assertThat(rig.channel().printed(stale, 0, text)).isEqualTo(new Heard.Enough());
    assertThat(rig.channel().printed(run, 0, text)).isEqualTo(new Heard.GoOn(5));

    assertThat(printed(log(run))).isEqualTo("line\n");
  }

  @Test
  void aTextThatIsAsLongAsItGetsBeforeTheEndIsFull() throws Exception {
    JobId job = rig.job().id();
    rig.await(job, JobState.STAGED);
    RunRef run = rig.claim(job, rig.hand.run());
    log(run);
    rig.channel().printed(run, 0, "line\n".getBytes(StandardCharsets.UTF_8));
    assertThat(((RunLog.Running) log(run)).full()).isFalse();

    // A provider hands in the first half of what it keeps.
    rig.channel().printed(run, 5, new byte[1 << 19]);

    assertThat(((RunLog.Running) log(run)).full()).isTrue();
  }

  @Test
  void whatARunPrintedIsNotTakenForTheLogThatItDidNotLeave() throws Exception {
    JobId job = rig.job().id();
    rig.await(job, JobState.STAGED);
    RunRef run = rig.claim(job, rig.hand.run());
    log(run);
    rig.channel().printed(run, 0, "line\n".getBytes(StandardCharsets.UTF_8));

    rig.settle(run, new RunOutcome.Succeeded(), Map.of());
    rig.await(job, JobState.SUCCEEDED);

    assertThat(text(log(run))).isEmpty();
  }

  private static String printed(RunLog log) {
    assertThat(log).isInstanceOf(RunLog.Running.class);
    byte[] bytes = ((RunLog.Running) log).text().read(0, Integer.MAX_VALUE);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
