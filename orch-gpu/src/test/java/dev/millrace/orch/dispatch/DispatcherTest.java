package dev.millrace.orch.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.desk.FrontDesk;
import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.rig.Rig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DispatcherTest {
  private static final String BIG =
      """
      functions:
        millrace:
          - name: big
            runner: process
            memory: 1024Mi
            script: |
              true
              exit 0
            input:
              - {storage_provider: millrace.default, path: bucket/big}
      """;

  @TempDir Path folder;

  @Test
  void manyJobsWithoutRoomDoNotHideOneThatHasRoom() throws Exception {
    try (Rig rig = new Rig(folder, "")) {
      FrontDesk.Deployment deployed =
          rig.desk()
              .deploy(
                  Rig.MAIN,
                  "big.yaml",
                  BIG.getBytes(StandardCharsets.UTF_8),
                  Map.of(),
                  Map.of(),
                  false);
      assertThat(deployed).isInstanceOf(FrontDesk.Deployment.Done.class);
      rig.deploy("");
      rig.drop("in/first", "1");
      rig.await(rig.job().id(), JobState.STAGED);
      for (int i = 0; i < 1_001; i++) {
        rig.drop("big/" + i, "1");
      }
      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> rig.desk().counts(Rig.MAIN).getOrDefault(JobState.WAITING, 0L) == 1_001);

      rig.clock.move(Duration.ofSeconds(2));
      rig.drop("in/second", "2");

      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(() ->
              rig.jobs().stream()
                  .filter(j -> j.input().name().key().equals("in/second"))
                  .map(Job::state)
                  .anyMatch(JobState.STAGED::equals));
    }
  }
}
