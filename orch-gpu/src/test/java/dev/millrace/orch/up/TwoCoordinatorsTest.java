package dev.millrace.orch.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.orch.desk.FrontDesk.Deployment;
import dev.millrace.orch.journal.Attempt;
import dev.millrace.orch.journal.AttemptState;
import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.journal.Passing;
import dev.millrace.orch.rig.Database;
import dev.millrace.orch.rig.Rig;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.ledger.Ledger;
import dev.millrace.schema.ledger.LedgerEntry;
import dev.millrace.schema.run.RunChannel.Settled;
import dev.millrace.schema.run.RunOutcome;
import dev.millrace.schema.sign.SignedBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two whole coordinators on one journal, each with a provider of its own. */
final class TwoCoordinatorsTest {
  private static final String OF_BOTH =
      """
      functions:
        millrace:
          - name: g
            runner: process
            memory: 256Mi
            priority: %d
            script: |
              true
            input: [{storage_provider: millrace.default, path: bucket/g}]
            output: [{storage_provider: millrace.default, path: bucket/out}]
      """;

  private static final Instant FAR = Instant.parse("2126-01-01T00:00:00Z");
  private static Database server;

  @TempDir Path folder;
  private Rig first;
  private Rig second;

  @BeforeAll
  static void startServer() throws IOException, InterruptedException {
    server = Database.start();
  }

  @AfterAll
  static void stopServer() throws IOException {
    server.close();
  }

  @BeforeEach
  void open() throws IOException {
    Files.writeString(folder.resolve("password"), "none");
    String yaml =
        """
        leases: {manifest_poll: 50ms}
        journal:
          postgres: "%s"
          user: %s
          password_file: %s
        """
            .formatted(server.emptySchema(), Database.USER, folder.resolve("password"));
    first = Rig.elsewhere(folder.resolve("first"), yaml);
    first.deploy("");
    second = first.beside(folder.resolve("second"), new ProviderId("other"));
  }

  @AfterEach
  void close() throws IOException {
    second.close();
    first.close();
  }

  private Rig other(Rig rig) {
    return rig == first ? second : first;
  }

  private void drop(int from, int to) {
    for (int i = from; i < to; i++) {
      (i % 2 == 0 ? first : second).drop("in/" + i, "x");
    }
  }

  /**
   * Each provider does what is ordered of it. Some runs say so to their own coordinator, some to
   * the other one, of some either finds the manifest, and some fail.
   */
  private void work(int jobs, Set<JobId> done) throws IOException {
    int turn = 0;
    while (done.size() < jobs) {
      for (Rig rig : List.of(first, second)) {
        for (JobId job : staged(rig, done)) {
          finish(rig, job, turn++);
          done.add(job);
        }
      }
    }
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> first.jobs().stream().allMatch(TwoCoordinatorsTest::isOver));
  }

  private static boolean isOver(Job job) {
    return job.state() == JobState.SUCCEEDED || job.state() == JobState.DEAD;
  }

  private static List<JobId> staged(Rig rig, Set<JobId> done) {
    List<JobId> found = new ArrayList<>();
    for (Job job : rig.jobs()) {
      if (job.state() == JobState.STAGED && !done.contains(job.id())) {
        Attempt attempt = rig.attempt(job.id());
        if (attempt.provider().equals(rig.hand.id()) && attempt.state() == AttemptState.STAGED) {
          found.add(job.id());
        }
      }
    }
    return found;
  }

  private void finish(Rig rig, JobId job, int turn) throws IOException {
    RunRef run = rig.claim(job, rig.hand.run());
    SignedBytes order = rig.desk().order(Rig.MAIN, run.attempt()).orElseThrow();
    RunOutcome outcome =
        turn % 5 == 4 ? new RunOutcome.Broken("it broke", false) : new RunOutcome.Succeeded();
    SignedBytes manifest = rig.hand.finish(order, run, outcome, Map.of());
    switch (turn % 3) {
      case 0 -> assertThat(rig.channel().settle(run, manifest)).isEqualTo(Settled.ACCEPTED);
      case 1 -> assertThat(other(rig).channel().settle(run, manifest)).isEqualTo(Settled.ACCEPTED);
      default -> {}
    }
  }

  private List<Ledger.Recorded> entries(Rig rig) throws IOException {
    return rig.desk().ledger().entries(0, 1000);
  }

  /**
   * A provider's receipts are one chain, so they are all in one ledger, or verifying finds gaps.
   */
  @Test
  void fiftyJobsHaveFiftyReceiptsInTheTwoLedgersAndNoneTwice() throws Exception {
    Set<JobId> done = new HashSet<>();
    drop(0, 25);
    work(25, done);
    first.clock.move(Duration.ofDays(2));
    drop(25, 50);
    work(50, done);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> first.journal().passingCount(Passing.ENTRIES, FAR, 99) == 50);

    Set<AttemptId> attempts = new HashSet<>();
    for (Rig rig : List.of(first, second)) {
      assertThat(entries(rig)).as("both providers have worked").isNotEmpty();
      for (Ledger.Recorded each : entries(rig)) {
        assertThat(attempts.add(each.entry().attempt())).isTrue();
        assertThat(each.entry().evidence()).isInstanceOf(LedgerEntry.Attested.class);
        assertThat(rig.attempt(each.entry().attempt().job()).provider()).isEqualTo(rig.hand.id());
      }
      assertThat(rig.desk().ledger().verify(null)).isInstanceOf(Ledger.Verification.Sound.class);
    }
    assertThat(attempts).hasSize(50);
    assertThat(attempts.stream().map(AttemptId::job)).containsExactlyInAnyOrderElementsOf(done);
  }

  @Test
  void whoeverIsAskedSaysInWhoseLedgerAnAttemptIs() throws Exception {
    drop(0, 1);
    work(1, new HashSet<>());
    await().until(() -> first.journal().passingCount(Passing.ENTRIES, FAR, 9) == 1);
    Job job = first.job();
    Rig owner = first.hand.id().equals(first.attempt(job.id()).provider()) ? first : second;

    assertThat(told(owner, job)).contains("Attempt 1 is entry 0 of the ledger, with");
    assertThat(told(other(owner), job))
        .contains("Attempt 1 is in the ledger of another coordinator, which has provider ")
        .doesNotContain("not in the ledger yet");
  }

  private static String told(Rig rig, Job job) throws IOException {
    return String.join(" ", rig.desk().explain(Rig.MAIN, job.input().name()).sentences());
  }

  /** Whatever Idempotency-Key it carries: each keeps its own answers. */
  @Test
  void theSameDeployThroughBothIsOneRevision() throws Exception {
    for (int round = 1; round <= 5; round++) {
      byte[] text = OF_BOTH.formatted(round).getBytes(StandardCharsets.UTF_8);
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<Deployment>> answers = new ArrayList<>();
        for (Rig rig : List.of(first, second)) {
          answers.add(
              threads.submit(
                  () -> rig.desk().deploy(Rig.MAIN, "g.yaml", text, Map.of(), Map.of(), false)));
        }
        for (Future<Deployment> answer : answers) {
          assertThat(answer.get())
              .isInstanceOfAny(Deployment.Done.class, Deployment.Overtaken.class);
        }
      }
      Deployment again = second.desk().deploy(Rig.MAIN, "g.yaml", text, Map.of(), Map.of(), false);
      assertThat(again).isInstanceOf(Deployment.Done.class);
      FunctionRef ref = new FunctionRef(Rig.MAIN, new FunctionName("g"));
      assertThat(first.journal().newestRevision(ref)).isEqualTo(round);
    }
  }

  /** The journal that both have says whom to believe, within a second. */
  @Test
  void aKeyThatOneCoordinatorHasWithdrawnSettlesNothingThroughTheOther() throws Exception {
    second.drop("in/a", "x");
    JobId job = second.job().id();
    await().until(() -> !staged(first, Set.of()).isEmpty() || !staged(second, Set.of()).isEmpty());
    Rig owner = staged(first, Set.of()).isEmpty() ? second : first;
    RunRef run = owner.claim(job, owner.hand.run());
    SignedBytes order = owner.desk().order(Rig.MAIN, run.attempt()).orElseThrow();
    owner.invite();
    second.nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    first.nanos.addAndGet(Duration.ofSeconds(1).toNanos());

    SignedBytes manifest = owner.hand.finish(order, run, new RunOutcome.Succeeded(), Map.of());
    assertThat(other(owner).channel().settle(run, manifest)).isEqualTo(Settled.REFUSED);
    assertThat(owner.channel().settle(run, manifest)).isEqualTo(Settled.REFUSED);
    owner.introduced();
    assertThat(other(owner).channel().settle(run, manifest)).isEqualTo(Settled.ACCEPTED);
  }
}
