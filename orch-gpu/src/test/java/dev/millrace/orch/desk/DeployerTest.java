package dev.millrace.orch.desk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.orch.rig.Rig;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.StoreException;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.UploadStep;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeployerTest {
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

  private FrontDesk.Deployment deploy(String input, String output, boolean backfill)
      throws IOException {
    return deploy("f", input, output, backfill);
  }

  private FrontDesk.Deployment deploy(String name, String input, String output, boolean backfill)
      throws IOException {
    String fdl =
        """
        functions:
          millrace:
            - name: %s
              runner: process
              script: |
                true
              input:
                - {storage_provider: millrace.default, path: %s}
              output:
                - {storage_provider: millrace.default, path: %s}
        """
            .formatted(name, input, output);
    return rig.desk()
        .deploy(
            Rig.MAIN, "f.yaml", fdl.getBytes(StandardCharsets.UTF_8), Map.of(), Map.of(), backfill);
  }

  /** The store of its output does not answer; others' deploys do not wait for that. */
  @Test
  void aDeployWhoseStoreIsSilentHoldsUpNoOther() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch answer = new CountDownLatch(1);
    AtomicInteger times = new AtomicInteger();
    rig.store.failBuckets(bucket -> {
      if (bucket.equals("silent")) {
        times.incrementAndGet();
        asked.countDown();
        await().until(() -> answer.getCount() == 0);
      }
      return false;
    });
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<FrontDesk.Deployment> slow =
          threads.submit(() -> deploy("slow", "bucket/in", "silent/out", false));
      asked.await();
      FrontDesk.Deployment quick =
          threads
              .submit(() -> deploy("quick", "bucket/in", "bucket/out", false))
              .get(5, TimeUnit.SECONDS);
      assertThat(quick).isInstanceOf(FrontDesk.Deployment.Done.class);
      answer.countDown();

      assertThat(slow.get(5, TimeUnit.SECONDS)).isInstanceOf(FrontDesk.Deployment.Done.class);
    } finally {
      answer.countDown();
    }
    assertThat(rig.desk().functions(Rig.MAIN))
        .extracting(function -> function.ref().name().value())
        .containsExactly("quick", "slow");
    assertThat(times).as("what a store has answered is not asked again").hasValue(1);
  }

  @Test
  void aBucketThatAStoreRefusesIsToldWithItsFunctionAndKey() throws Exception {
    rig.store.refuseBuckets(bucket -> bucket.equals("refused"));

    assertThat(deploy("f", "bucket/in", "refused/out", false))
        .isEqualTo(
            new FrontDesk.Deployment.Rejected(
                List.of(
                    "error: f: output[0]: bucket 'refused' of store millrace.default: told to refuse"
                        + " refused")));
    assertThat(deploy("f", "refused/in", "bucket/out", false).toString())
        .contains("Rejected", "error: f: input[0]: bucket 'refused'");
    assertThat(rig.desk().functions(Rig.MAIN)).isEmpty();

    rig.store.failBuckets(bucket -> bucket.equals("silent"));
    assertThatThrownBy(() -> deploy("f", "bucket/in", "silent/out", false))
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.RETRY))
        .hasMessageContaining("f: output[0]: bucket 'silent'");
  }

  /** Each is no loop by itself, and neither was there when the other one was looked at. */
  @Test
  void twoThatAreALoopTogetherAreNotDeployedBesideEachOther() throws Exception {
    AtomicBoolean inside = new AtomicBoolean();
    AtomicReference<FrontDesk.Deployment> other = new AtomicReference<>();
    rig.store.failBuckets(bucket -> {
      if (inside.compareAndSet(false, true)) {
        try {
          other.set(deploy("back", "there/x", "here/x", false));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
      return false;
    });

    FrontDesk.Deployment first = deploy("forth", "here/x", "there/x", false);

    assertThat(other.get()).isInstanceOf(FrontDesk.Deployment.Done.class);
    assertThat(first.toString()).contains("Rejected").contains("a loop of buckets");
    assertThat(rig.desk().functions(Rig.MAIN)).hasSize(1);
  }

  @Test
  void manyFunctionsAreDeployedAtOnce() throws Exception {
    assertThat(together(i -> deploy("f" + i, "bucket/in", "bucket/out", false)))
        .hasSize(16)
        .allMatch(FrontDesk.Deployment.Done.class::isInstance);
    assertThat(rig.desk().functions(Rig.MAIN)).hasSize(16);
  }

  /** One stands at least; who came between learns of it, and no revision is made twice. */
  @Test
  void whoDeploysTheSameFunctionAtOnceIsToldOrStands() throws Exception {
    List<FrontDesk.Deployment> all =
        together(i -> deploy("f", "bucket/in", "bucket/out-" + i, false));

    long done = all.stream().filter(FrontDesk.Deployment.Done.class::isInstance).count();
    assertThat(all)
        .allMatch(one ->
            one instanceof FrontDesk.Deployment.Done
                || one instanceof FrontDesk.Deployment.Overtaken(String reason)
                    && reason.contains("does not follow"));
    assertThat(done).isPositive();
    assertThat(rig.desk().functions(Rig.MAIN).getFirst().revision()).isEqualTo((int) done);
  }

  /** Deploys of one kind. */
  private interface One {
    FrontDesk.Deployment deploy(int number) throws IOException;
  }

  private static List<FrontDesk.Deployment> together(One one) throws Exception {
    List<FrontDesk.Deployment> outcomes = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<FrontDesk.Deployment>> all = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        int number = i;
        all.add(threads.submit(() -> one.deploy(number)));
      }
      for (Future<FrontDesk.Deployment> each : all) {
        outcomes.add(each.get(20, TimeUnit.SECONDS));
      }
    }
    return outcomes;
  }

  /** What explain advises for an object that is older than the deploy. */
  @Test
  void anotherDeployWithBackfillTakesWhatTheFirstLeftOut() throws Exception {
    ObjectName old = rig.store.put("bucket", "in/old", "1").name();
    rig.clock.move(Duration.ofSeconds(5));
    deploy("bucket/in", "bucket/out", false);
    rig.notice(old);
    await()
        .untilAsserted(() ->
            assertThat(rig.desk().explain(Rig.MAIN, old).sentences())
                .anyMatch(line -> line.contains("older than the deploy")));

    deploy("bucket/in", "bucket/out", true);
    rig.notice(old);

    assertThat(rig.job().input().name()).isEqualTo(old);
  }

  @Test
  void whatIsDeployedAgainAsItIsMakesNoRevision() throws Exception {
    deploy("bucket/in", "bucket/out", false);
    deploy("bucket/in", "bucket/out", false);
    assertThat(rig.desk().functions(Rig.MAIN).getFirst().revision()).isEqualTo(1);

    deploy("bucket/in", "bucket/other", false);
    assertThat(rig.desk().functions(Rig.MAIN).getFirst().revision()).isEqualTo(2);
    deploy("bucket/in", "bucket/other", true);
    assertThat(rig.desk().functions(Rig.MAIN).getFirst().revision())
        .as("a backfill acts")
        .isEqualTo(3);
    rig.desk().remove(Rig.MAIN, new FunctionName("f"));
    deploy("bucket/in", "bucket/other", false);
    assertThat(rig.desk().functions(Rig.MAIN).getFirst().revision()).isEqualTo(4);
  }

  @Test
  void whoeverDeploysHearsThatNoDeviceTakesItsJobs() throws Exception {
    String fdl =
        """
        functions:
          millrace:
            - name: g
              runner: process
              script: |
                true
              accelerator: {kind: tpu}
              input: [{path: bucket/in}]
        """;

    FrontDesk.Deployment deployment =
        rig.desk()
            .deploy(
                Rig.MAIN,
                "g.yaml",
                fdl.getBytes(StandardCharsets.UTF_8),
                Map.of(),
                Map.of(),
                false);

    assertThat(deployment)
        .isInstanceOfSatisfying(
            FrontDesk.Deployment.Done.class,
            done ->
                assertThat(done.warnings())
                    .anyMatch(w ->
                        w.contains("g: needs a TPU; no pool has one") && w.contains("refused")));
    assertThat(deploy("bucket/in", "bucket/out", false).toString()).doesNotContain("refused");
  }

  @Test
  void theBucketOfOrdersIsNobodysInputOrOutput() throws Exception {
    assertThat(deploy("millrace-orders/in", "bucket/out", false).toString())
        .contains("Rejected")
        .contains("reads bucket millrace-orders");
    assertThat(deploy("bucket/in", "millrace-orders", false).toString())
        .contains("Rejected")
        .contains("writes bucket millrace-orders");
    assertThat(rig.desk().functions(Rig.MAIN)).isEmpty();
  }

  @Test
  void whoeverDeploysHearsWhichSecretIsNotSet() throws Exception {
    String fdl =
        """
        functions:
          millrace:
            - name: f
              runner: process
              script: |
                true
              secrets: {API_KEY: maps.key}
              input: [{path: bucket/in}]
              output: [{path: bucket/out}]
        """;

    FrontDesk.Deployment deployment =
        rig.desk()
            .deploy(
                Rig.MAIN,
                "f.yaml",
                fdl.getBytes(StandardCharsets.UTF_8),
                Map.of(),
                Map.of(),
                false);

    assertThat(deployment.toString())
        .contains("Rejected")
        .contains("f: secret maps.key is not set: millrace secret set maps.key");
  }

  @Test
  void nobodyGetsAUrlToWriteWhereOrdersAndFunctionFilesLie() {
    for (String key : new String[] {"orders/local/x-1", ".millrace/files/00", "free"}) {
      ObjectName name = new ObjectName(StoreId.EMBEDDED, "millrace-orders", key);
      assertThatThrownBy(() -> rig.desk().uploadUrl(Rig.MAIN, name))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> rig.desk().uploadUrl(Rig.MAIN, name, new UploadStep.Begin()))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
