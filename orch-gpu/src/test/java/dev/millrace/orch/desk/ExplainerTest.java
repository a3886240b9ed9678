package dev.millrace.orch.desk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.journal.ObjectTally;
import dev.millrace.orch.rig.Rig;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.run.RunOutcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExplainerTest {
  private static final String RULES = "accelerator: {kind: cpu, count: 1, memory: 64Mi}\n";

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

  private List<String> told(String bucket, String key) {
    try {
      return rig.desk()
          .explain(Rig.MAIN, new ObjectName(StoreId.EMBEDDED, bucket, key))
          .sentences();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void eventually(String key, String... sentences) {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> {
          String all = String.join("\n", told("bucket", key));
          assertThat(all).contains(sentences);
        });
  }

  @Test
  void tellsThatNothingWasEverSeen() throws Exception {
    rig.deploy("");

    assertThat(told("bucket", "in/none"))
        .containsExactly(
            "Nothing is there now.",
            "Function f takes it.",
            "It was never seen: no notice of this key has come, and no sweep has found it.");
    assertThat(told("elsewhere", "x"))
        .containsExactly(
            "Nothing is there now.",
            "No function takes it: none reads bucket elsewhere of store millrace.default.");
  }

  @Test
  void tellsThatAVersionIsThereButNotSeenYet() throws Exception {
    rig.deploy("");
    rig.store.put("bucket", "in/quiet", "1");

    assertThat(String.join("\n", told("bucket", "in/quiet")))
        .contains("It is there: 1 bytes", "not been seen for f yet: no notice came");
    assertThat(undecided("in/quiet")).as("the next sweep finds it").isTrue();
    assertThat(undecided("in/none")).as("nothing is there").isFalse();
    rig.store.refuseHeads(key -> true);
    assertThat(undecided("in/none")).as("who knows what is there").isTrue();
    assertThat(undecided("aside/none")).as("no function would take it").isFalse();
    rig.store.refuseHeads(key -> false);
  }

  private boolean undecided(String key) throws IOException {
    ObjectName name = new ObjectName(StoreId.EMBEDDED, "bucket", key);
    return rig.desk().explain(Rig.MAIN, name).undecided();
  }

  @Test
  void tellsThatItWaitsForItsStore() throws Exception {
    rig.deploy("");
    rig.store.silenceHeads(key -> true);
    rig.drop("in/waits", "1");

    eventually(
        "in/waits",
        "Store millrace.default does not say what is there: nobody answers.",
        "not looked at yet, since its store does not say what is there; it is asked again, within"
            + " half a minute.");
    assertThat(undecided("in/waits")).isTrue();

    rig.store.silenceHeads(key -> false);
    rig.nanos.addAndGet(Duration.ofSeconds(30).toNanos());
    eventually("in/waits", "admitted for f");
    assertThat(undecided("in/waits")).isFalse();
  }

  @Test
  void tellsThatItsStoreRefusesToSayWhatIsThere() throws Exception {
    rig.deploy("");
    rig.store.refuseHeads(key -> true);
    rig.drop("in/refused", "1");

    eventually(
        "in/refused",
        "Store millrace.default does not say what is there: access denied.",
        "not looked at yet, since its store refuses to say what is there; it is asked again, within"
            + " 5 minutes.");
    rig.store.refuseHeads(key -> false);
  }

  @Test
  void tellsWhichRuleOfWhichFunctionFiltersIt() throws Exception {
    deploy("one", "bucket/in", ", prefix: [scan-], suffix: [.fa, .fasta]");
    deploy("two", "bucket/other", "");

    assertThat(told("bucket", "in/x.fa"))
        .contains(
            "Function one does not take it: behind 'in/' its keys begin with scan-.",
            "Function two does not take it: it reads keys under bucket/other/.");
    assertThat(told("bucket", "in/scan-1.txt"))
        .contains("Function one does not take it: its keys end with .fa or .fasta.");
    assertThat(told("bucket", "in/"))
        .contains("No function takes it: a key that ends in / marks a folder and is never input.");
    assertThat(told("bucket", ".millrace/x"))
        .contains("No function takes it: keys under .millrace/ are never input.");
  }

  @Test
  void tellsThatItIsOlderThanTheDeploy() throws Exception {
    rig.store.put("bucket", "in/old", "1");
    rig.clock.move(Duration.ofSeconds(5));
    rig.deploy("");

    assertThat(String.join("\n", told("bucket", "in/old")))
        .contains("older than that function's deploy", "--backfill");
  }

  @Test
  void tellsWhichTimeoutARunPassed() throws Exception {
    rig.deploy("timeout: 90s\nretry: {attempts: 1}\n" + RULES);
    rig.drop("in/a", "1");
    Job job = rig.await(rig.job().id(), JobState.STAGED);

    rig.settle(rig.claim(job.id(), rig.hand.run()), new RunOutcome.TimedOut(), Map.of());

    assertThat(rig.await(job.id(), JobState.DEAD).reason())
        .isEqualTo(
            "the function ran longer than its timeout of 90 s and was stopped; tried 1 of 1");
  }

  @Test
  void tellsWhereItRunsHowItFailedAndWhatTheLedgerSays() throws Exception {
    rig.deploy("retry: {attempts: 1}\n" + RULES);
    rig.drop("in/a", "1");
    Job job = rig.await(rig.job().id(), JobState.STAGED);
    eventually(
        "in/a", "Seen by test at", "admitted for f", "Attempt 1 on provider", "staged since");

    RunRef run = rig.claim(job.id(), rig.hand.run());
    eventually("in/a", "running since", "/cpu)");

    rig.settle(run, new RunOutcome.Failed(3), Map.of());
    rig.await(job.id(), JobState.DEAD);
    eventually(
        "in/a",
        "is dead: ",
        "failed with exit code 3",
        "Its last attempt wrote nothing to its log.",
        "Attempt 1 is entry 0 of the ledger, with the provider's receipt.",
        "`millrace redrive " + job.id() + "` runs it again");
  }

  @Test
  void tellsWhenItWasPublishedAndThatANoticeCameTwice() throws Exception {
    rig.deploy(RULES);
    rig.drop("in/a", "1");
    Job job = rig.await(rig.job().id(), JobState.STAGED);
    rig.settle(
        rig.claim(job.id(), rig.hand.run()), new RunOutcome.Succeeded(), Map.of("a.txt", "A"));
    rig.await(job.id(), JobState.SUCCEEDED);

    rig.notice(job.input().name());

    eventually(
        "in/a",
        "is succeeded",
        "It published s3://bucket/out/a.txt (1 bytes) at 2026-03-01T10:00:02",
        "a duplicate, this version is known to f");
    eventually(
        "out/a.txt",
        "written as an output of job " + job.id() + " of function f, made from s3://bucket/in/a,");
    assertThat(told("bucket", "out/a.txt")).noneMatch(s -> s.contains("does not take it"));
  }

  @Test
  void tellsThatAnotherJobHasOverwrittenAnOutputSince() throws Exception {
    rig.deploy(RULES);
    Job first = succeeded("in/x/a");
    Job second = succeeded("in/y/a");

    eventually(
        "in/x/a",
        "It published s3://bucket/out/a.txt",
        ", since overwritten by job " + second.id() + ".");
    assertThat(String.join("\n", told("bucket", "in/y/a"))).doesNotContain("overwritten");
    assertThat(rig.desk().job(Rig.MAIN, first.id()).orElseThrow().overwritten())
        .containsExactly(
            Map.entry(new ObjectName(StoreId.EMBEDDED, "bucket", "out/a.txt"), second.id()));
    assertThat(rig.desk().job(Rig.MAIN, second.id()).orElseThrow().overwritten()).isEmpty();
  }

  @Test
  void tellsHowManyThereAreWhereNotAllAreTold() throws Exception {
    rig.deploy(RULES);
    succeeded("in/1/a");
    succeeded("in/2/a");
    rig.notice(succeeded("in/3/a").input().name());
    eventually("in/3/a", "a duplicate");

    FrontDesk.Explanation output = explained("out/a.txt", 2);
    assertThat(output.found()).isEqualTo(new ObjectTally(0, 0, 3));
    assertThat(output.sentences())
        .contains(
            "Of 3 jobs that wrote it the newest 2 are told here;"
                + " `millrace explain s3://bucket/out/a.txt --limit 3` tells all.")
        .anyMatch(s -> s.startsWith("3 jobs wrote this key; the last one's bytes are there: "));
    assertThat(output.sentences().stream().filter(s -> s.startsWith("It was written as")))
        .hasSize(2);

    FrontDesk.Explanation input = explained("in/3/a", 1);
    assertThat(input.found().notices()).isEqualTo(2);
    assertThat(input.sentences())
        .anyMatch(s -> s.startsWith("Of 2 notices the newest is told here; `millrace explain "));
    assertThat(input.sentences().stream().filter(s -> s.startsWith("Seen by"))).hasSize(1);
    assertThat(input.jobs()).hasSize(1);

    assertThat(explained("out/a.txt", 3).sentences()).noneMatch(s -> s.contains("--limit"));
    assertThat(explained("in/none", 1).found()).isEqualTo(new ObjectTally(0, 0, 0));
  }

  @Test
  void tellsOfEveryJobWhenSoManyAreAskedFor() throws Exception {
    rig.deploy("accelerator: {kind: cpu, count: 1, memory: 1Gi}\n");
    ObjectName name = new ObjectName(StoreId.EMBEDDED, "bucket", "in/again");
    for (int n = 1; n <= 23; n++) {
      int jobs = n;
      rig.drop("in/again", "version " + n);
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> rig.journal().tally(Rig.MAIN, name).jobs() == jobs);
    }

    FrontDesk.Explanation usual = rig.desk().explain(Rig.MAIN, name);
    assertThat(usual.jobs()).hasSize(20);
    assertThat(usual.found().jobs()).isEqualTo(23);
    assertThat(usual.sentences())
        .anyMatch(s -> s.startsWith("Of 23 notices, of 23 jobs the newest 20 are told here; "));
    FrontDesk.Explanation all = explained("in/again", 23);
    assertThat(all.jobs()).hasSize(23).startsWith(usual.jobs().getFirst());
    assertThat(all.sentences()).noneMatch(s -> s.contains("--limit"));
  }

  private FrontDesk.Explanation explained(String key, int max) throws IOException {
    return rig.desk().explain(Rig.MAIN, new ObjectName(StoreId.EMBEDDED, "bucket", key), max);
  }

  private Job succeeded(String key) throws Exception {
    rig.drop(key, "1");
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> rig.jobs().stream().anyMatch(j -> j.input().name().key().equals(key)));
    Job job = rig.await(rig.jobs().getFirst().id(), JobState.STAGED);
    rig.settle(
        rig.claim(job.id(), rig.hand.run()), new RunOutcome.Succeeded(), Map.of("a.txt", "A"));
    return rig.await(job.id(), JobState.SUCCEEDED);
  }

  @Test
  void tellsWhatItWaitsForAndWhyItIsRefused() throws Exception {
    rig.deploy("accelerator: {kind: cpu, count: 1, memory: 1Gi}\n");
    rig.drop("in/a", "1");
    rig.await(rig.job().id(), JobState.STAGED);
    rig.clock.move(Duration.ofSeconds(1));
    rig.drop("in/b", "2");

    eventually("in/b", "is waiting", "It waits: ");

    deploy("huge", "bucket/huge", "");
    rig.drop("huge/c", "3");
    eventually("huge/c", "is refused: needs 921,600 MiB", "refused again while that reason holds");
  }

  private void deploy(String name, String path, String rules) throws IOException {
    String fdl =
        """
        functions:
          millrace:
            - name: %s
              runner: process
              accelerator: {kind: cpu, count: 1, memory: 900Gi}
              script: |
                true
              input:
                - {storage_provider: millrace.default, path: %s%s}
              output:
                - {storage_provider: millrace.default, path: results/out}
        """
            .formatted(name, path, rules);
    FrontDesk.Deployment done =
        rig.desk().deploy(Rig.MAIN, "f.yaml", fdl.getBytes(), Map.of(), Map.of(), false);
    assertThat(done).isInstanceOf(FrontDesk.Deployment.Done.class);
    rig.clock.move(Duration.ofSeconds(2));
  }
}
