package dev.millrace.orch.journal.sql;

import static dev.millrace.orch.journal.Story.TENANT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobFilter;
import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.journal.Journal;
import dev.millrace.schema.id.JobId;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What was acknowledged is there, whatever became of the process that did so. */
final class SqliteCrashTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void whatAKilledProcessHadAcknowledgedIsThere(long seed) throws Exception {
    Path file = folder.resolve("journal.db");
    Process child = new ProcessBuilder(CommittingChild.command(file, "endless")).start();
    List<String> acknowledged = new ArrayList<>();
    try (BufferedReader lines = child.inputReader(StandardCharsets.UTF_8)) {
      int killAfter = 1 + new Random(seed).nextInt(2000);
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        acknowledged.add(line);
        if (acknowledged.size() == killAfter) {
          child.destroyForcibly();
        }
      }
    } catch (IOException e) {
      // The pipe may break in the middle of a line: that one was not read.
    }
    assertThat(child.waitFor()).as("killed, seed %d", seed).isEqualTo(137);

    try (Journal journal = SqlJournal.sqlite(file)) {
      everythingIsThere(journal, acknowledged);
    }
  }

  private static void everythingIsThere(Journal journal, List<String> acknowledged) {
    assertThat(acknowledged).isNotEmpty();
    for (String id : acknowledged) {
      JobId job = new JobId(id);
      assertThat(journal.job(TENANT, job)).as(id).isPresent();
      assertThat(journal.timeline(TENANT, job)).as(id).hasSize(1);
    }
    long counted = journal.counts(TENANT).get(JobState.WAITING);
    assertThat(all(journal)).hasSize((int) counted);
  }

  private static Set<JobId> all(Journal journal) {
    Set<JobId> all = new HashSet<>();
    List<Job> page = journal.jobs(TENANT, new JobFilter(Set.of(), null, null, 1000));
    while (!page.isEmpty()) {
      page.forEach(job -> all.add(job.id()));
      JobFilter next = new JobFilter(Set.of(), null, page.getLast().id(), 1000);
      page = journal.jobs(TENANT, next);
    }
    return all;
  }

  /** The file size limit of the process stands for the full disk: both fail the write itself. */
  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "needs prlimit")
  void aFullDiskFailsTheCallerLosesNothingAndIsOverWhenThereIsRoom() throws Exception {
    Path file = folder.resolve("journal.db");
    List<String> command = new ArrayList<>(List.of("prlimit", "--fsize=3000000:unlimited"));
    command.addAll(CommittingChild.command(file, "full"));
    Process child = new ProcessBuilder(command).redirectErrorStream(true).start();
    List<String> acknowledged = new ArrayList<>();
    try (BufferedReader lines = child.inputReader(StandardCharsets.UTF_8)) {
      String line = lines.readLine();
      while (line != null && !line.startsWith("FULL")) {
        acknowledged.add(line);
        line = lines.readLine();
      }
      assertThat(line).contains(file.toString());
      makeRoom(child.pid());
      child.outputWriter(StandardCharsets.UTF_8).append('\n').flush();
      List<String> afterwards = lines.readAllLines();
      assertThat(afterwards).hasSize(10);
      acknowledged.addAll(afterwards);
    }
    assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();

    try (Journal journal = SqlJournal.sqlite(file)) {
      everythingIsThere(journal, acknowledged);
    }
  }

  private static void makeRoom(long pid) throws IOException, InterruptedException {
    Process prlimit = new ProcessBuilder("prlimit", "--pid", "" + pid, "--fsize=unlimited").start();
    assertThat(prlimit.waitFor()).isZero();
  }
}
