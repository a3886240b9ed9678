package dev.millrace.orch.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.desk.FrontDesk;
import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.rig.Rig;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.run.RunOutcome;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A manifest comes from a provider: its output names are input like any other. */
class UnfitOutputTest {
  @TempDir Path folder;
  private Rig rig;

  @BeforeEach
  void start() throws Exception {
    rig = new Rig(folder, "leases: {manifest_poll: 50ms}");
  }

  @AfterEach
  void stop() throws Exception {
    rig.close();
  }

  private Job afterOutput(String outputFolder, String... paths) throws Exception {
    String fdl =
        """
        functions:
          millrace:
            - name: f
              runner: process
              script: |
                true
              input:
                - {storage_provider: millrace.default, path: bucket/in}
              output:
                - {storage_provider: millrace.default, path: results%s}
        """
            .formatted(outputFolder);
    assertThat(
            rig.desk()
                .deploy(
                    Rig.MAIN,
                    "f.yaml",
                    fdl.getBytes(StandardCharsets.UTF_8),
                    Map.of(),
                    Map.of(),
                    false))
        .isInstanceOf(FrontDesk.Deployment.Done.class);
    rig.clock.move(Duration.ofSeconds(2));
    rig.drop("in/a", "1");
    Job job = rig.await(rig.job().id(), JobState.STAGED);
    RunRef run = rig.claim(job.id(), rig.hand.run());
    Map<String, String> files = new TreeMap<>();
    for (String path : paths) {
      files.put(path, "A");
    }
    rig.settle(run, new RunOutcome.Succeeded(), files);
    return rig.await(job.id(), JobState.DEAD);
  }

  @Test
  void aKeyUnderTheReservedPrefixIsNotPublished() throws Exception {
    Job job = afterOutput("", "a.txt", ".millrace/files/x");

    assertThat(job.reason()).contains(".millrace/files/x").contains("reserved");
    assertThat(rig.store.text("results", ".millrace/files/x")).isEmpty();
    assertThat(rig.store.text("results", "a.txt")).as("none or all").isEmpty();
    assertThat(rig.reserved()).isZero();
  }

  @Test
  void aKeyThatIsTooLongBehindItsFolderIsNotTriedForEver() throws Exception {
    Job job = afterOutput("/" + "f".repeat(200), "a.txt", "n".repeat(900));

    assertThat(job.reason()).contains("1,024 bytes");
    assertThat(rig.store.keys("results")).noneMatch(key -> key.startsWith("f"));
  }
}
