package dev.millrace.runtime.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.runtime.Samples;
import dev.millrace.runtime.process.ProcessWorkers;
import dev.millrace.runtime.resident.ResidentRunner;
import dev.millrace.schema.function.DeployedFunction;
import dev.millrace.schema.function.FunctionFile;
import dev.millrace.schema.run.InputRef;
import dev.millrace.schema.run.Order;
import dev.millrace.schema.run.RunOutcome;
import dev.millrace.schema.sign.Hex;
import dev.millrace.schema.time.Ticker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the files of a function come to its runs. */
class FunctionFilesRunTest {
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

  private static String sha256(String text) {
    return Hex.of(Hex.sha256(text.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void filesOfTheFunctionArriveReadOnlyAndAreFetchedOnce() throws Exception {
    String text = "matrix";
    FunctionFile file = new FunctionFile("m.txt", sha256(text), text.length());
    host.bucket.put("part/" + sha256(text), text, 1);
    DeployedFunction function =
        Samples.function(
            "cp \"$MILLRACE_FUNCTION_DIR/m.txt\" \"$TMP_OUTPUT_DIR/\"; stat -c %a"
                + " \"$MILLRACE_FUNCTION_DIR/m.txt\"",
            file);

    host.run(Samples.order(function, INPUT, Samples.limits()));
    assertThat(host.bucket.under(host.prefix()))
        .containsEntry("out/m.txt", text)
        .containsEntry("log", "555\n");

    host.bucket.objects.remove("part/" + sha256(text));
    assertThat(host.run(Samples.order(function, INPUT, Samples.limits())))
        .isEqualTo(new RunOutcome.Succeeded());
  }

  @Test
  void aRunnerThatAsksForTheFilesItselfFindsThemWhenItAsks() throws Exception {
    host.use(
        new ResidentRunner(
            host.runner,
            new ProcessWorkers(host.runner, data.resolve("workers")),
            new ResidentRunner.Times(
                InstantSource.system(), Ticker.system(), Duration.ofMinutes(1))));
    FunctionFile file = new FunctionFile("m.txt", sha256("matrix"), 6);
    host.bucket.put("part/" + sha256("matrix"), "forged", 1);
    Order order =
        Samples.order(
            Samples.function("cat \"$MILLRACE_FUNCTION_DIR/m.txt\"", file),
            INPUT,
            Samples.limits());
    assertThat(host.run(order)).isInstanceOf(RunOutcome.Broken.class);

    host.bucket.put("part/" + sha256("matrix"), "matrix", 1);

    assertThat(host.run(order)).isEqualTo(new RunOutcome.Succeeded());
    assertThat(host.bucket.text(host.prefix() + "log")).isEqualTo("matrix");
  }

  @Test
  void aFileOfTheFunctionWithAnotherDigestIsNotUsed() {
    FunctionFile file = new FunctionFile("m.txt", sha256("matrix"), 6);
    host.bucket.put("part/" + sha256("matrix"), "forged", 1);

    RunOutcome outcome =
        host.run(Samples.order(Samples.function("exit 0", file), INPUT, Samples.limits()));

    assertThat(outcome).isInstanceOf(RunOutcome.Broken.class);
    assertThat(data.resolve("files")).isEmptyDirectory();
  }

  @Test
  void aKeptFileThatWasTamperedWithIsFetchedAgain() throws Exception {
    FunctionFile file = new FunctionFile("m.txt", sha256("matrix"), 6);
    host.bucket.put("part/" + sha256("matrix"), "matrix", 1);
    Files.writeString(data.resolve("files").resolve(sha256("matrix")), "forged");

    RunOutcome outcome =
        host.run(
            Samples.order(
                Samples.function("cat \"$MILLRACE_FUNCTION_DIR/m.txt\"", file),
                INPUT,
                Samples.limits()));

    assertThat(outcome).isEqualTo(new RunOutcome.Succeeded());
    assertThat(host.bucket.text(host.prefix() + "log")).isEqualTo("matrix");
  }
}
