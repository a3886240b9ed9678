package dev.millrace.orch.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.desk.FrontDesk;
import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobFilter;
import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.rig.Rig;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.id.SecretName;
import dev.millrace.schema.object.Notice;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.run.RunOutcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DispatcherTest {
  private static final String FDL =
      """
      functions:
        millrace:
          - name: %s
            runner: process
            memory: %s
            priority: %d
            timeout: 2h
            script: |
              true
              exit 0
            input:
              - {storage_provider: millrace.default, path: bucket/%s}
            output:
              - {storage_provider: millrace.default, path: bucket/out-%s}
      """;

  private static final SecretName SECRET = new SecretName("shy.key");

  @TempDir Path folder;

  @Test
  void manyJobsWithoutRoomDoNotHideOneThatHasRoom() throws Exception {
    try (Rig rig = new Rig(folder, "")) {
      deploy(rig, "big", "1024Mi", 0);
      rig.deploy("");
      rig.drop("in/first", "1");
      rig.await(rig.job().id(), JobState.STAGED);
      drop(rig, "big", 1_001);
      waitUntil(rig, JobState.WAITING, 1_001);

      rig.clock.move(Duration.ofSeconds(2));
      rig.drop("in/second", "2");

      Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> isStaged(rig, "in/second"));
    }
  }

  /** A step every few seconds, as a round without news takes, would need minutes. */
  @Test
  void startsWithoutAPauseWhatHasRoomBehindAHeadThatHasNone() throws Exception {
    try (Rig rig = new Rig(folder, "")) {
      deploy(rig, "big", "1024Mi", 0);
      deploy(rig, "small", "8Mi", 0);
      drop(rig, "small", 1);
      rig.await(rig.job().id(), JobState.STAGED);
      drop(rig, "big", 127);
      waitUntil(rig, JobState.WAITING, 127);

      drop(rig, "small/more", 60);

      waitUntil(rig, JobState.STAGED, 50);
    }
  }

  @Test
  void jobsWhoseSecretsAreNotThereHideNobodyAfterARestart() throws Exception {
    try (Rig rig = new Rig(folder, "")) {
      rig.secrets().set(Rig.MAIN, SECRET, "hunter22");
      deploy(rig, "quarter", "256Mi", 0);
      deploy(rig, "shy", "8Mi", 10, "secrets: {KEY: shy.key}");
      rig.secrets().remove(Rig.MAIN, SECRET, true);
      List<RunRef> runs = claimed(rig, "quarter", 4);
      drop(rig, "shy", 130);
      drop(rig, "quarter/last", 1);
      waitUntil(rig, JobState.WAITING, 131);
      rig.restart();
      awaitReason(rig, "quarter/last/0", "");

      rig.settle(runs.getFirst(), new RunOutcome.Succeeded(), Map.of());

      awaitStaged(rig, "quarter/last/0");
      assertThat(reason(rig, "shy/0")).contains("shy.key");
      rig.secrets().set(Rig.MAIN, SECRET, "hunter22");
      rig.settle(runs.getLast(), new RunOutcome.Succeeded(), Map.of());
      awaitStaged(rig, "shy/0");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void roomStaysKeptForAStarvedJobBehindAFullView(boolean restarted) throws Exception {
    try (Rig rig = new Rig(folder, "")) {
      deploy(rig, "quarter", "256Mi", 10);
      deploy(rig, "gang", "1024Mi", 0);
      List<RunRef> runs = claimed(rig, "quarter", 4);
      drop(rig, "gang", 1);
      waitUntil(rig, JobState.WAITING, 1);
      rig.clock.move(Duration.ofMinutes(6));
      drop(rig, "quarter/more", 200);
      waitUntil(rig, JobState.WAITING, 201);
      if (restarted) {
        rig.restart();
      }
      String waits = awaitReason(rig, "gang/0", "");

      for (RunRef run : runs.subList(0, 3)) {
        rig.settle(run, new RunOutcome.Succeeded(), Map.of());
        waits = awaitReason(rig, "gang/0", waits);
      }
      rig.settle(runs.getLast(), new RunOutcome.Succeeded(), Map.of());

      awaitStaged(rig, "gang/0");
    }
  }

  @Test
  void aStarvedJobOfAFunctionThatWasGivenMorePriorityIsNotOvertakenByItsNewOnes() throws Exception {
    try (Rig rig = new Rig(folder, "")) {
      deploy(rig, "quarter", "256Mi", 0);
      List<RunRef> runs = claimed(rig, "quarter", 4);
      drop(rig, "quarter/old", 1);
      waitUntil(rig, JobState.WAITING, 1);
      deploy(rig, "quarter", "256Mi", 10);
      rig.clock.move(Duration.ofMinutes(6));
      drop(rig, "quarter/new", 200);
      waitUntil(rig, JobState.WAITING, 201);

      rig.settle(runs.getFirst(), new RunOutcome.Succeeded(), Map.of());

      awaitStaged(rig, "quarter/old/0");
    }
  }

  /** More than a full view of them: the old job is seen by how long it waits alone. */
  @Test
  void aStarvedJobIsSeenBehindMoreNewOnesOfItsFunctionThanAViewHolds() throws Exception {
    try (Rig rig = new Rig(folder, "")) {
      deploy(rig, "quarter", "256Mi", 0);
      List<RunRef> runs = claimed(rig, "quarter", 4);
      drop(rig, "quarter/old", 1);
      waitUntil(rig, JobState.WAITING, 1);
      deploy(rig, "quarter", "256Mi", 10);
      rig.clock.move(Duration.ofMinutes(6));
      drop(rig, "quarter/new", 1_200);
      waitUntil(rig, JobState.WAITING, 1_201);

      rig.settle(runs.getFirst(), new RunOutcome.Succeeded(), Map.of());

      awaitStaged(rig, "quarter/old/0");
    }
  }

  /** The first one's jobs start one after the other all the while. */
  @Test
  void aFunctionThatHasRoomIsSeenBehindMoreJobsOfAnotherThanAViewHolds() throws Exception {
    try (Rig rig = new Rig(folder, "")) {
      deploy(rig, "most", "700Mi", 10);
      deploy(rig, "little", "200Mi", 0);
      List<RunRef> runs = claimed(rig, "most", 1);
      drop(rig, "most/more", 1_200);
      waitUntil(rig, JobState.WAITING, 1_200);
      rig.clock.move(Duration.ofSeconds(2));

      drop(rig, "little", 1);
      rig.settle(runs.getFirst(), new RunOutcome.Succeeded(), Map.of());

      awaitStaged(rig, "little/0");
    }
  }

  private static void deploy(Rig rig, String name, String memory, int priority) throws IOException {
    deploy(rig, name, memory, priority, "");
  }

  private static void deploy(Rig rig, String name, String memory, int priority, String extra)
      throws IOException {
    byte[] fdl =
        (FDL.formatted(name, memory, priority, name, name) + extra.indent(6))
            .getBytes(StandardCharsets.UTF_8);
    assertThat(rig.desk().deploy(Rig.MAIN, name + ".yaml", fdl, Map.of(), Map.of(), false))
        .isInstanceOf(FrontDesk.Deployment.Done.class);
    rig.clock.move(Duration.ofSeconds(2));
  }

  private static void drop(Rig rig, String under, int objects) {
    List<Notice> all = new ArrayList<>();
    for (int i = 0; i < objects; i++) {
      all.add(
          new Notice(
              "test",
              rig.store.put("bucket", under + "/" + i, "x").name(),
              null,
              rig.clock.instant()));
    }
    rig.sink().accept(all);
  }

  /** Fills what there is with runs of a function. */
  private static List<RunRef> claimed(Rig rig, String function, int jobs) throws IOException {
    drop(rig, function, jobs);
    waitUntil(rig, JobState.STAGED, jobs);
    List<RunRef> runs = new ArrayList<>();
    for (Job job : rig.jobs()) {
      runs.add(rig.claim(job.id(), rig.hand.run()));
    }
    return runs;
  }

  private static String reason(Rig rig, String key) {
    return job(rig, key)
        .flatMap(job -> rig.desk().job(Rig.MAIN, job.id()))
        .map(view -> Objects.requireNonNullElse(view.waitingFor(), ""))
        .orElse("");
  }

  /** Waits until a plan has another reason than before. */
  private static String awaitReason(Rig rig, String key, String before) {
    return Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> reason(rig, key), now -> !now.equals(before));
  }

  private static boolean isStaged(Rig rig, String key) {
    return job(rig, key).map(Job::state).equals(Optional.of(JobState.STAGED));
  }

  private static void awaitStaged(Rig rig, String key) {
    Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> isStaged(rig, key));
  }

  private static Optional<Job> job(Rig rig, String key) {
    JobFilter.Input input = new JobFilter.Input(StoreId.EMBEDDED, "bucket", key);
    return rig.desk().jobs(Rig.MAIN, new JobFilter(Set.of(), null, input, null, 1)).stream()
        .findFirst();
  }

  private static void waitUntil(Rig rig, JobState state, long jobs) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> rig.desk().counts(Rig.MAIN).getOrDefault(state, 0L) >= jobs);
  }
}
