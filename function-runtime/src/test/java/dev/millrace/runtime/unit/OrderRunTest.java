package dev.millrace.runtime.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.runtime.Samples;
import dev.millrace.schema.function.DeployedFunction;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.ledger.Receipt;
import dev.millrace.schema.object.VersionTag;
import dev.millrace.schema.run.InputRef;
import dev.millrace.schema.run.Manifest;
import dev.millrace.schema.run.Order;
import dev.millrace.schema.run.OutputFile;
import dev.millrace.schema.run.RunOutcome;
import dev.millrace.schema.sign.Hex;
import dev.millrace.schema.sign.SignedBytes;
import dev.millrace.schema.sign.TrustedKeys;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrderRunTest {
  private static final InputRef INPUT = Samples.input("q/query one.fasta", 4, 5);

  @TempDir Path data;
  private Host host;

  @BeforeEach
  void open() throws Exception {
    host = new Host(data, RunEvents.NONE);
    host.bucket.put("input", "hello", 4);
  }

  @AfterEach
  void close() throws Exception {
    host.close();
  }

  private static Order order(String script) {
    return Samples.order(Samples.function(script), INPUT, Samples.limits());
  }

  private static String sha256(String text) {
    return Hex.of(Hex.sha256(text.getBytes(StandardCharsets.UTF_8)));
  }

  private boolean folderLeft() {
    return Files.exists(data.resolve("runs").resolve(host.ref.run().value()));
  }

  @Test
  void anInputBecomesOutputsLogReceiptAndLastTheManifest() throws Exception {
    RunOutcome outcome =
        host.run(
            order(
                "echo working; tr a-z A-Z < \"$INPUT_FILE_PATH\" > \"$TMP_OUTPUT_DIR/up.txt\"; mkdir"
                    + " \"$TMP_OUTPUT_DIR/d\"; echo $COLOUR > \"$TMP_OUTPUT_DIR/d/colour\""));

    assertThat(outcome).isEqualTo(new RunOutcome.Succeeded());
    assertThat(host.bucket.under(host.prefix()))
        .containsEntry("out/up.txt", "HELLO")
        .containsEntry("out/d/colour", "blue\n")
        .containsEntry("log", "working\n");
    assertThat(host.bucket.written).last().isEqualTo(host.prefix() + Manifest.NAME);
    Manifest manifest = host.manifest();
    assertThat(manifest.outputs())
        .containsExactly(
            new OutputFile("d/colour", 5, sha256("blue\n")),
            new OutputFile("up.txt", 5, sha256("HELLO")));
    assertThat(manifest.logBytes()).isEqualTo(8);
    assertThat(host.coordinator.settled).containsKey(host.ref.run());
    assertThat(folderLeft()).isFalse();
  }

  @Test
  void theReceiptIsSignedAndItsDigestsAreOfTheJobsKey() throws Exception {
    Order order = order("printf x > \"$TMP_OUTPUT_DIR/x\"");

    host.run(order);

    SignedBytes signed = host.manifest().receipt();
    assertThat(TrustedKeys.of(host.providerKey.publicKey()).verify(Receipt.TYPE, signed)).isTrue();
    Receipt receipt = Json.read(signed.bytes(), Receipt.class);
    ReceiptDigests digests =
        new ReceiptDigests(dev.millrace.runtime.channel.FakeCoordinator.DIGEST_KEY);
    assertThat(receipt.inputDigest()).isEqualTo(digests.of(sha256("hello")));
    assertThat(receipt.outputDigests()).containsExactly(digests.of(sha256("x")));
    assertThat(receipt.functionDigest()).isEqualTo(digests.of(order.function()));
    assertThat(receipt.outcome()).isEqualTo("succeeded");
    assertThat(receipt.exitCode()).isZero();
    assertThat(receipt.devices()).hasSize(1);
    Duration length = Duration.between(receipt.startedAt(), receipt.stoppedAt());
    assertThat(length).isPositive().isEqualTo(Duration.ofMillis(length.toMillis()));
    assertThat(length.minus(ran(host.manifest()))).isBetween(Duration.ZERO, Duration.ofMillis(1));
    assertThat(new String(signed.bytes(), StandardCharsets.UTF_8))
        .doesNotContain("query", "\"in\"", "main", "align");
  }

  private static Duration ran(Manifest manifest) {
    return Duration.between(manifest.times().startedAt(), manifest.times().endedAt());
  }

  @Test
  void theScriptFindsWhatOscarPromisesAndMillraceAdds() throws Exception {
    host.coordinator.secrets = Map.of("TOKEN", "s3cret");

    host.run(order("env > \"$TMP_OUTPUT_DIR/env\""));

    String env = host.bucket.text(host.prefix() + "out/env");
    String folder = data.resolve("runs").resolve(host.ref.run().value()).toString();
    assertThat(env.lines())
        .contains(
            "COLOUR=blue",
            "TOKEN=s3cret",
            "INPUT_FILE_PATH=" + folder + "/input/query one.fasta",
            "TMP_INPUT_DIR=" + folder + "/input",
            "TMP_OUTPUT_DIR=" + folder + "/output",
            "STORAGE_OBJECT_KEY=q/query one.fasta",
            "MILLRACE_JOB_ID=" + Samples.ATTEMPT.job(),
            "MILLRACE_ATTEMPT=1",
            "MILLRACE_RUN_ID=" + host.ref.run(),
            "MILLRACE_FUNCTION=align",
            "MILLRACE_FUNCTION_DIR=" + folder + "/function",
            "MILLRACE_DEVICES=cpu",
            "CUDA_VISIBLE_DEVICES=",
            "NVIDIA_VISIBLE_DEVICES=void");
    assertThat(env).contains("\"key\":\"q%2Fquery+one.fasta\"");
  }

  @Test
  void secretsAreNeverWrittenToTheRunsFolder() throws Exception {
    host.coordinator.secrets = Map.of("TOKEN", "s3cret-value");

    host.run(order("grep -r \"$TOKEN\" " + data + "; echo grep=$?"));

    assertThat(host.bucket.text(host.prefix() + "log")).isEqualTo("grep=1\n");
  }

  @Test
  void aSecretThatTheScriptShowsIsMaskedInTheLogThatIsKept() throws Exception {
    String key = "-----BEGIN KEY-----\nit's \"$HOME\" `and` \\ ü\n-----END KEY-----\n";
    host.coordinator.secrets = Map.of("TOKEN", "s3cret-value", "KEY", key, "PIN", "1234");

    host.run(
        order(
            "echo \"a $TOKEN b $PIN\"; echo \"$KEY\" >&2; printf %s \"$KEY\" >"
                + " \"$TMP_OUTPUT_DIR/key\""));

    assertThat(host.bucket.text(host.prefix() + "log")).isEqualTo("a *** b 1234\n***\n\n");
    assertThat(host.bucket.text(host.prefix() + "out/key")).isEqualTo(key);
    assertThat(host.manifest().logBytes())
        .isEqualTo(host.bucket.text(host.prefix() + "log").length());
  }

  /** The log's two halves are cut within the secret; nothing but its beginning and end is there. */
  @Test
  void halfOfASecretIsNotShownWhereTheLogIsCut() throws Exception {
    host.coordinator.secrets = Map.of("TOKEN", "0123456789abcdefghijklmnopqrstuv");

    host.run(order("i=0; while [ $i -lt 4000 ]; do printf %s \"$TOKEN\"; i=$((i + 1)); done"));

    String log = host.bucket.text(host.prefix() + "log");
    assertThat(log).matches("(\\*{3})+\n\\[the middle of the log was left out]\n(\\*{3})+");
  }

  /** What is in the way here is a full disk at other times. */
  @Test
  void aLogThatCannotBeMaskedIsLostAndTheResultIsKept() throws Exception {
    host.coordinator.secrets = Map.of("TOKEN", "s3cret-value");

    RunOutcome outcome =
        host.run(
            order(
                "echo $TOKEN; mkdir -p \"$TMP_OUTPUT_DIR/../log.masked/x\"; echo 1 >"
                    + " \"$TMP_OUTPUT_DIR/o\""));

    assertThat(outcome).isEqualTo(new RunOutcome.Succeeded());
    assertThat(host.bucket.under(host.prefix())).containsOnlyKeys("out/o", "manifest");
    assertThat(host.manifest().logBytes()).isEqualTo(Manifest.LOG_LOST);
  }

  @Test
  void anEmptyLogIsToldByTheManifestAlone() throws Exception {
    RunOutcome outcome = host.run(order("exit 0"));

    assertThat(outcome).isEqualTo(new RunOutcome.Succeeded());
    assertThat(host.bucket.under(host.prefix())).containsOnlyKeys("manifest");
    assertThat(host.manifest().logBytes()).isZero();
  }

  @Test
  void aLogThatCannotBeKeptIsToldApartFromAnEmptyOne() throws Exception {
    host.bucket.refused.add("PUT " + host.prefix() + "log");

    RunOutcome outcome = host.run(order("echo working"));

    assertThat(outcome).isEqualTo(new RunOutcome.Succeeded());
    assertThat(host.bucket.under(host.prefix())).containsOnlyKeys("manifest");
    assertThat(host.manifest().logBytes()).isEqualTo(Manifest.LOG_LOST);
  }

  @Test
  void aFailingScriptIsAFailedRunWithItsLogAndNoOutput() throws Exception {
    RunOutcome outcome = host.run(order("echo oh; touch \"$TMP_OUTPUT_DIR/half\"; exit 3"));

    assertThat(outcome).isEqualTo(new RunOutcome.Failed(3));
    assertThat(host.bucket.under(host.prefix())).containsOnlyKeys("log", "manifest");
    assertThat(Json.read(host.manifest().receipt().bytes(), Receipt.class).exitCode()).isEqualTo(3);
  }

  @Test
  void oddNamesOfOutputsAreKept() throws Exception {
    host.run(
        order(
            "cd \"$TMP_OUTPUT_DIR\"; printf 1 > 'new\nline'; printf 2 > ' blank '; printf 3 >"
                + " 'a\\b%2F+&?#'; printf 4 > ...; printf 5 > '-rf'"));

    assertThat(host.manifest().outputs().stream().map(OutputFile::path))
        .containsExactlyInAnyOrder("new\nline", " blank ", "a\\b%2F+&?#", "...", "-rf");
    assertThat(host.bucket.text(host.prefix() + "out/new\nline")).isEqualTo("1");
  }

  @Test
  void linksAndPipesAmongTheOutputsAreLeftOutWithANote() throws Exception {
    host.run(
        order(
            "cd \"$TMP_OUTPUT_DIR\"; ln -s /etc/passwd users; ln -s / all; mkfifo pipe; printf k >"
                + " kept"));

    assertThat(host.manifest().outputs().stream().map(OutputFile::path)).containsExactly("kept");
    assertThat(host.bucket.text(host.prefix() + "log"))
        .contains("'users' is left out: it is a link")
        .contains("'all' is left out: it is a link")
        .contains("'pipe' is left out: it is no regular file");
  }

  @Test
  void outputsInMillracesOwnFolderAreRefused() {
    RunOutcome outcome =
        host.run(
            order("mkdir \"$TMP_OUTPUT_DIR/.millrace\"; touch \"$TMP_OUTPUT_DIR/.millrace/x\""));

    assertThat(outcome).isInstanceOf(RunOutcome.Broken.class);
    assertThat(((RunOutcome.Broken) outcome).retryable()).isFalse();
    assertThat(host.bucket.under(host.prefix())).containsOnlyKeys("manifest");
  }

  @Test
  void anotherGenerationOfTheInputIsSuperseded() throws Exception {
    host.bucket.put("input", "hello", 5);

    assertThat(host.run(order("exit 0"))).isEqualTo(new RunOutcome.InputSuperseded());
    assertThat(host.manifest().outcome()).isEqualTo(new RunOutcome.InputSuperseded());
  }

  @Test
  void anInputThatIsNotThereIsGone() throws Exception {
    host.bucket.objects.remove("input");

    assertThat(host.run(order("exit 0"))).isEqualTo(new RunOutcome.InputGone());
    assertThat(host.manifest().outcome()).isEqualTo(new RunOutcome.InputGone());
  }

  @Test
  void withoutGenerationsEntityTagTimeAndSizeMustAllAgree() throws Exception {
    InputRef ref =
        new InputRef(
            INPUT.name(),
            new VersionTag.ETagAt("abc", Samples.NOW.getEpochSecond()),
            "abc",
            5,
            Samples.NOW);
    String time = "Wed, 4 Mar 2026 05:06:07 GMT";
    for (var each :
        List.of(
            Map.entry(Map.of("ETag", "\"abc\"", "Last-Modified", time), "succeeded"),
            Map.entry(Map.of("ETag", "\"abd\"", "Last-Modified", time), "input-superseded"),
            Map.entry(
                Map.of("ETag", "\"abc\"", "Last-Modified", "Wed, 4 Mar 2026 05:06:08 GMT"),
                "input-superseded"),
            Map.entry(Map.of("ETag", "\"abc\"", "Last-Modified", "soon"), "broken"),
            Map.entry(Map.of("Last-Modified", time), "broken"))) {
      host.bucket.objects.put("input", new Bucket.Stored("hello".getBytes(), each.getKey()));
      RunOutcome outcome =
          host.run(Samples.order(Samples.function("exit 0"), ref, Samples.limits()));
      assertThat(outcome.label()).as(each.getKey().toString()).isEqualTo(each.getValue());
    }
    host.bucket.objects.put(
        "input",
        new Bucket.Stored("hello!".getBytes(), Map.of("ETag", "\"abc\"", "Last-Modified", time)));
    assertThat(host.run(Samples.order(Samples.function("exit 0"), ref, Samples.limits())).label())
        .isEqualTo("input-superseded");
  }

  @Test
  void anExpiredUrlAndAStoreThatStumblesAreTriedAgain() throws Exception {
    host.bucket.faults.addAll(List.of(403, 500, 503));

    assertThat(host.run(order("exit 0"))).isEqualTo(new RunOutcome.Succeeded());
  }

  @Test
  void aSecondRunOfTheSameAttemptEndsQuietly() {
    Order order = order("echo once");
    host.run(order);
    int written = host.bucket.written.size();

    RunOutcome second = host.again(order, new RunId("01jd0000000000000000000009")).apply(order);

    assertThat(second).isInstanceOf(RunOutcome.Stopped.class);
    assertThat(host.bucket.written).hasSize(written);
    assertThat(data.resolve("runs")).isEmptyDirectory();
  }

  @Test
  void aFunctionThatIsNotAllowedIsBrokenWithTheRemedy() throws Exception {
    DeployedFunction other =
        new DeployedFunction(
            new dev.millrace.schema.id.FunctionRef(
                Samples.FUNCTION.tenant(), new dev.millrace.schema.id.FunctionName("other")),
            1,
            Samples.spec("exit 0", Map.of()),
            List.of(),
            Samples.NOW);

    RunOutcome outcome = host.run(Samples.order(other, INPUT, Samples.limits()));

    assertThat(outcome)
        .isEqualTo(
            new RunOutcome.Broken(
                "runner process is not allowed for function main/other on provider here: add it to"
                    + " provider.runners.process.allow in millrace.yaml",
                false));
    assertThat(host.manifest().outcome()).isEqualTo(outcome);
  }
}
