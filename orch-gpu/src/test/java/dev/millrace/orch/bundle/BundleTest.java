package dev.millrace.orch.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.order.Orders;
import dev.millrace.orch.rig.Hand;
import dev.millrace.orch.rig.Rig;
import dev.millrace.runtime.bundle.Unpacking;
import dev.millrace.schema.bundle.EnvironmentFile;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.id.SecretName;
import dev.millrace.schema.ledger.LedgerEntry;
import dev.millrace.schema.run.BundleRef;
import dev.millrace.schema.run.Order;
import dev.millrace.schema.run.RunChannel;
import dev.millrace.schema.run.RunChannel.UrlAnswer;
import dev.millrace.schema.run.RunChannel.Want;
import dev.millrace.schema.run.RunOutcome;
import dev.millrace.schema.sign.Hex;
import dev.millrace.schema.sign.SignedBytes;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a coordinator does for a function that says {@code staging: bundle}. */
class BundleTest {
  private static final String ORDERS = "millrace-orders";
  private static final String SECRET = "told to nobody";

  @TempDir Path folder;
  private Rig rig;

  @BeforeEach
  void start() throws Exception {
    rig = new Rig(folder.resolve("data"), "leases: {manifest_poll: 50ms}");
    rig.secrets().set(Rig.MAIN, new SecretName("the-token"), SECRET);
    rig.deploy(
        """
        staging: bundle
        environment: {variables: {COLOUR: it's blue}}
        secrets: {TOKEN: the-token}
        """);
  }

  @AfterEach
  void stop() throws Exception {
    rig.close();
  }

  private static String key(Job job, int attempt) {
    return ".millrace/bundles/" + job.id() + "-" + attempt + ".zip";
  }

  private boolean lies(Job job, int attempt) {
    return rig.store.bytes(ORDERS, key(job, attempt)).isPresent();
  }

  private Job staged() {
    rig.drop("in/a", "hello");
    return rig.await(rig.job().id(), JobState.STAGED);
  }

  private Order order(Job job) {
    String line =
        rig.store.text(ORDERS, "orders/" + Hand.PROVIDER + "/" + job.id() + "-1").orElseThrow();
    SignedBytes signed = SignedBytes.parse(line);
    assertThat(signed).isEqualTo(rig.attempt(job.id()).order());
    return Orders.of(rig.attempt(job.id()));
  }

  private void noSpoolIsLeft() throws Exception {
    try (var files = Files.list(folder.resolve("data/bundles"))) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void theStagedOrderNamesTheZipThatLiesThere() throws Exception {
    Job job = staged();

    BundleRef bundle = Optional.ofNullable(order(job).bundle()).orElseThrow();
    byte[] zip = rig.store.bytes(ORDERS, key(job, 1)).orElseThrow();
    assertThat(bundle.size()).isEqualTo(zip.length);
    assertThat(bundle.sha256()).isEqualTo(Hex.of(Hex.sha256(zip)));
    Path file = Files.write(folder.resolve("zip"), zip);
    assertThat(
            Unpacking.unpack(
                file,
                new Unpacking.Wanted(
                    bundle.contentBytes(), 5, folder.resolve("env"), folder.resolve("in"))))
        .isInstanceOf(Unpacking.Unpacked.Done.class);
    assertThat(folder.resolve("in")).hasContent("hello");
    assertThat(EnvironmentFile.read(Files.readAllBytes(folder.resolve("env"))))
        .containsEntry("COLOUR", "it's blue")
        .containsEntry("STORAGE_OBJECT_KEY", "in/a")
        .containsEntry("MILLRACE_JOB_ID", job.id().value())
        .containsEntry("CUDA_VISIBLE_DEVICES", "")
        .doesNotContainKeys("TOKEN", "MILLRACE_RUN_ID");
    assertThat(new String(zip, StandardCharsets.ISO_8859_1)).doesNotContain("the-token", SECRET);
    noSpoolIsLeft();
  }

  @Test
  void aRunIsGivenTheBundleAndNotTheInput() throws Exception {
    Job job = staged();
    RunRef run = rig.claim(job.id(), rig.hand.run());

    assertThat(rig.channel().url(run, new Want.Bundle())).isInstanceOf(UrlAnswer.Granted.class);
    assertThat(rig.channel().url(run, new Want.Input()))
        .isEqualTo(new UrlAnswer.Refused("the input comes in the order's bundle"));
    rig.settle(run, new RunOutcome.Succeeded(), Map.of("a.txt", "A"));
    rig.await(job.id(), JobState.SUCCEEDED);
    await().until(() -> !lies(job, 1));
  }

  @Test
  void anInputThatWasOverwrittenBeforeItsBundleIsSuperseded() throws Exception {
    rig.store.failWrites(name -> name.key().startsWith(".millrace/bundles/"));
    rig.drop("in/a", "old");
    Job old = rig.await(rig.job().id(), JobState.PLACED);
    rig.store.put("bucket", "in/a", "new");
    rig.store.failWrites(name -> false);

    assertThat(rig.await(old.id(), JobState.SUPERSEDED).reason())
        .isEqualTo("a newer version of the input was there");
    assertThat(rig.attempt(old.id()).outcome()).isEqualTo("input-superseded");
    assertThat(rig.reserved()).isZero();
    assertThat(rig.ledger(1).getFirst().entry().evidence())
        .isInstanceOf(LedgerEntry.Unattested.class);
    assertThat(lies(old, 1)).isFalse();
    noSpoolIsLeft();
  }

  @Test
  void anInputThatWentBeforeItsBundleIsInputGone() throws Exception {
    rig.store.failWrites(name -> name.key().startsWith(".millrace/bundles/"));
    rig.drop("in/a", "1");
    Job job = rig.await(rig.job().id(), JobState.PLACED);
    rig.store.delete("bucket", "in/a");
    rig.store.failWrites(name -> false);

    rig.await(job.id(), JobState.INPUT_GONE);
    assertThat(rig.reserved()).isZero();
  }

  @Test
  void aRestartBeforeTheBundleMakesIt() throws Exception {
    rig.store.failWrites(name -> name.key().startsWith(".millrace/bundles/"));
    rig.drop("in/a", "hello");
    Job job = rig.await(rig.job().id(), JobState.PLACED);

    rig.restart();
    rig.store.failWrites(name -> false);

    rig.await(job.id(), JobState.STAGED);
    assertThat(lies(job, 1)).isTrue();
    finish(job);
  }

  @Test
  void aRestartBetweenBundleAndOrderStagesTheOrderThatNamesTheBundle() throws Exception {
    rig.store.failWrites(name -> name.key().startsWith("orders/"));
    rig.drop("in/a", "hello");
    Job job = rig.await(rig.job().id(), JobState.PLACED);
    await().until(() -> Orders.of(rig.attempt(job.id())).bundle() != null);
    SignedBytes named = rig.attempt(job.id()).order();
    byte[] zip = rig.store.bytes(ORDERS, key(job, 1)).orElseThrow();

    rig.restart();
    rig.store.failWrites(name -> false);

    rig.await(job.id(), JobState.STAGED);
    assertThat(rig.attempt(job.id()).order()).isEqualTo(named);
    assertThat(rig.store.bytes(ORDERS, key(job, 1)).orElseThrow()).isEqualTo(zip);
    finish(job);
  }

  @Test
  void aRestartAfterTheClaimLeavesTheBundleToItsRun() throws Exception {
    Job job = staged();
    RunRef run = rig.claim(job.id(), rig.hand.run());

    rig.restart();

    assertThat(lies(job, 1)).isTrue();
    assertThat(rig.channel().url(run, new Want.Bundle())).isInstanceOf(UrlAnswer.Granted.class);
    rig.settle(run, new RunOutcome.Succeeded(), Map.of("a.txt", "A"));
    rig.await(job.id(), JobState.SUCCEEDED);
  }

  @Test
  void theNextAttemptHasABundleOfItsOwnAndTheOldOneGoes() throws Exception {
    Job job = staged();
    RunRef run = rig.claim(job.id(), rig.hand.run());
    rig.settle(run, new RunOutcome.Failed(3), Map.of());
    await().until(() -> !lies(job, 1));
    rig.clock.move(Duration.ofMinutes(1));
    rig.notice(job.input().name());

    await().until(() -> rig.attempt(job.id()).id().number() == 2);
    rig.await(job.id(), JobState.STAGED);
    assertThat(lies(job, 2)).isTrue();
    finish(job);
    await().until(() -> !lies(job, 2));
  }

  @Test
  void aBundleThatACrashLeftIsRemovedAfterARestartAndNothingElse() throws Exception {
    Job job = staged();
    finish(job);
    await().until(() -> !lies(job, 1));
    rig.store.put(ORDERS, key(job, 1), "left");
    rig.store.put(ORDERS, ".millrace/bundles/someone's.zip", "?");
    Files.writeString(folder.resolve("data/bundles/bundle1.zip"), "half");

    rig.restart();

    await().until(() -> !lies(job, 1));
    assertThat(rig.store.text(ORDERS, ".millrace/bundles/someone's.zip")).isPresent();
    noSpoolIsLeft();
  }

  @Test
  void aFunctionByReferenceHasNone() throws Exception {
    rig.deploy("");
    Job job = staged();

    assertThat(order(job).bundle()).isNull();
    assertThat(lies(job, 1)).isFalse();
    RunRef run = rig.claim(job.id(), rig.hand.run());
    assertThat(rig.channel().url(run, new Want.Bundle()))
        .isEqualTo(new UrlAnswer.Refused("the order has no bundle"));
    assertThat(rig.channel().url(run, new Want.Input())).isInstanceOf(UrlAnswer.Granted.class);
  }

  private void finish(Job job) throws Exception {
    RunRef run = rig.claim(job.id(), rig.hand.run());
    assertThat(rig.settle(run, new RunOutcome.Succeeded(), Map.of("a.txt", "A")))
        .isEqualTo(RunChannel.Settled.ACCEPTED);
    rig.await(job.id(), JobState.SUCCEEDED);
    assertThat(List.of(rig.store.text("bucket", "out/a.txt").orElseThrow())).containsExactly("A");
  }
}
