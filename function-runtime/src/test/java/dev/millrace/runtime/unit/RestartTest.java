package dev.millrace.runtime.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.runtime.Samples;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.ledger.Receipt;
import dev.millrace.schema.run.Manifest;
import dev.millrace.schema.run.Order;
import dev.millrace.schema.run.OutputFile;
import dev.millrace.schema.run.RunChannel.Want;
import dev.millrace.schema.run.RunOutcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A provider that goes away behind each step that it keeps, and comes back. */
class RestartTest {
  @TempDir Path data;

  /** Where the provider goes away. */
  private enum At {
    CLAIMED,
    FETCHED,
    STARTED,
    ENDED,
    UPLOADED
  }

  /** Interrupts the run at one place, as a provider that closes does. */
  private record GoingAway(At place) implements RunEvents {
    private void at(At here) {
      if (here == place) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void claimed(RunRef run) {
      at(At.CLAIMED);
    }

    @Override
    public void fetched(RunRef run) {
      at(At.FETCHED);
    }

    @Override
    public void started(RunRef run) {
      at(At.STARTED);
    }

    @Override
    public void ended(RunRef run, RunOutcome outcome) {
      at(At.ENDED);
    }

    @Override
    public void uploaded(RunRef run) {
      at(At.UPLOADED);
    }
  }

  @ParameterizedTest
  @EnumSource(At.class)
  void aRunGoesOnBehindEachStep(At place) throws Exception {
    try (Host host = new Host(data, new GoingAway(place))) {
      host.bucket.put("input", "hello", 4);
      Order order =
          Samples.order(
              Samples.function(
                  "echo x >> " + data + "/count; cp \"$INPUT_FILE_PATH\" \"$TMP_OUTPUT_DIR/o\""),
              Samples.input("a", 4, 5),
              Samples.limits());

      host.run(order);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(host.bucket.written).doesNotContain(host.prefix() + Manifest.NAME);
      host.restart(RunEvents.NONE);
      List<OrderRun> left = host.services.leftOver();
      assertThat(left).hasSize(1);
      RunOutcome outcome = left.getFirst().apply(order);

      assertThat(outcome).isEqualTo(new RunOutcome.Succeeded());
      assertThat(data.resolve("count")).hasContent("x");
      assertThat(host.manifest().outputs().stream().map(OutputFile::path)).containsExactly("o");
      assertThat(Json.read(host.manifest().receipt().bytes(), Receipt.class).sequence())
          .isEqualTo(1);
      assertThat(Files.readAllLines(data.resolve("receipts"))).hasSize(1);
      assertThat(data.resolve("runs")).isEmptyDirectory();
    }
  }

  @Test
  void aSignedRunWhoseManifestWasNotWrittenKeepsItsReceipt() throws Exception {
    try (Host host = new Host(data, RunEvents.NONE)) {
      host.bucket.put("input", "hello", 4);
      Order order =
          Samples.order(Samples.function("exit 0"), Samples.input("a", 4, 5), Samples.limits());
      host.coordinator.onUrl =
          want -> {
            if (want.equals(new Want.Output(Manifest.NAME))) {
              Thread.currentThread().interrupt();
            }
          };
      host.run(order);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(Files.readAllLines(data.resolve("receipts"))).hasSize(1);
      host.coordinator.onUrl = want -> {};
      host.restart(RunEvents.NONE);

      RunOutcome outcome = host.services.leftOver().getFirst().apply(order);

      assertThat(outcome).isEqualTo(new RunOutcome.Succeeded());
      assertThat(Files.readAllLines(data.resolve("receipts")))
          .containsExactly(host.manifest().receipt().line());
    }
  }

  /** Keeps what a run has kept where it has uploaded what it could. */
  private record Aside(Path data, Path copy) implements RunEvents {
    @Override
    public void uploaded(RunRef run) {
      try {
        Files.copy(states(data), copy);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static Path states(Path data) throws IOException {
    try (Stream<Path> runs = Files.list(data.resolve("runs"))) {
      return runs.findFirst().orElseThrow().resolve("states");
    }
  }

  /** The kill comes between the receipt, which is durable, and the state that says so. */
  @Test
  void aRunWhoseUploadFailedEndsAsItsReceiptSaysThoughTheStoreIsBack() throws Exception {
    Path copy = data.resolve("copy");
    try (Host host = new Host(data, new Aside(data, copy))) {
      host.bucket.put("input", "hello", 4);
      Order order =
          Samples.order(
              Samples.function("echo 1 > \"$TMP_OUTPUT_DIR/o\""),
              Samples.input("a", 4, 5),
              Samples.limits());
      host.coordinator.onUrl =
          want -> {
            if (want.equals(new Want.Output(Manifest.NAME))) {
              Thread.currentThread().interrupt();
            } else if (want instanceof Want.Output) {
              IntStream.range(0, 4).forEach(each -> host.bucket.faults.add(500));
            }
          };
      host.run(order);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(Files.readAllLines(data.resolve("receipts"))).hasSize(1);
      Files.copy(copy, states(data), StandardCopyOption.REPLACE_EXISTING);
      host.coordinator.onUrl = want -> {};
      host.bucket.faults.clear();
      host.restart(RunEvents.NONE);

      RunOutcome outcome = host.services.leftOver().getFirst().apply(order);

      Manifest manifest = host.manifest();
      assertThat(outcome).isInstanceOf(RunOutcome.Broken.class);
      assertThat(manifest.outcome()).isEqualTo(outcome);
      assertThat(Files.readAllLines(data.resolve("receipts")))
          .containsExactly(manifest.receipt().line());
      assertThat(manifest.outputs()).isEmpty();
    }
  }
}
