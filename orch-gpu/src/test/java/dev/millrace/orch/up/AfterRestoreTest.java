package dev.millrace.orch.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.orch.api.view.DeviceRow;
import dev.millrace.orch.api.view.JobDetail;
import dev.millrace.orch.backup.Restore;
import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.rig.Rig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first starts on a folder that a restore has marked. */
final class AfterRestoreTest {
  private static final Duration LONGEST = Duration.ofSeconds(60);

  @TempDir private Path folder;

  @Test
  void tokensGoOnFarBeyondWhatWasGivenOutAndTheLocalProviderWorks() throws Exception {
    try (Rig rig = new Rig(folder, "")) {
      rig.deploy("");
      rig.drop("in/a", "1");
      Job before = rig.await(rig.job().id(), JobState.STAGED);
      Files.createFile(folder.resolve(Restore.MARK));

      rig.restart();
      rig.drop("in/b", "2");
      await().atMost(LONGEST).until(() -> rig.jobs().size() == 2);
      Job after = rig.await(rig.jobs().getFirst().id(), JobState.STAGED);

      long first = rig.attempt(before.id()).token();
      long then = rig.attempt(after.id()).token();
      assertThat(then - first).isGreaterThan(1L << 32).isLessThan(1L << 33);
      rig.restart();
      rig.drop("in/c", "3");
      await().atMost(LONGEST).until(() -> rig.jobs().size() == 3);
      Job last = rig.await(rig.jobs().getFirst().id(), JobState.STAGED);
      assertThat(rig.attempt(last.id()).token() - then).as("once").isLessThan(1L << 32);
    }
  }

  @Test
  void theHoldOutlivesARestartAndItsMarkGoesWhenItIsOver() throws Exception {
    Path mark = folder.resolve(Restore.MARK);
    try (Rig rig = new Rig(folder, "")) {
      rig.deploy("timeout: 20m");
      Files.writeString(mark, "what is this");

      rig.restart();
      Instant until = Instant.parse(Files.readString(mark).strip());
      assertThat(Duration.between(rig.clock.instant(), until))
          .isBetween(Duration.ofMinutes(20), Duration.ofMinutes(22));
      rig.clock.move(Duration.ofMinutes(19));
      rig.restart();
      assertThat(mark).hasContent(until.toString());
      rig.clock.move(Duration.ofMinutes(3));
      rig.restart();
      assertThat(mark).doesNotExist();
    }
  }

  @Test
  void devicesOfProvidersElsewhereAreKeptUntilWhatRanBeforeHasEnded() throws Exception {
    try (Site site = new Site(folder, "")) {
      site.provider(site.join(Site.PROVIDER));
      site.deploy("cp \"$INPUT_FILE_PATH\" \"$TMP_OUTPUT_DIR/out\"");
      Path mark = folder.resolve("coordinator").resolve(Restore.MARK);
      site.stopCoordinator();
      Files.createFile(mark);

      site.startCoordinator("coordinator");
      site.drop("a.txt");

      JobDetail waits =
          site.until(job -> job.waitingFor() != null && job.waitingFor().contains("held until"));
      assertThat(waits.attempts()).isEmpty();
      assertThat(site.devices())
          .isNotEmpty()
          .noneMatch(DeviceRow::present)
          .allMatch(device -> device.heldUntil() != null);
      site.stopCoordinator();
      Files.writeString(mark, Instant.now().plusSeconds(2) + "\n");
      site.startCoordinator("coordinator");
      assertThat(site.ended().job().state()).isEqualTo("succeeded");
      assertThat(site.devices()).allMatch(device -> device.heldUntil() == null);
    }
  }
}
