package dev.millrace.runtime.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.runtime.Samples;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.object.UploadStep;
import dev.millrace.schema.run.InputRef;
import dev.millrace.schema.run.Order;
import dev.millrace.schema.run.RunChannel.Want;
import dev.millrace.schema.run.RunOutcome;
import dev.millrace.schema.sign.Hex;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is uploaded in parts and fetched over several connections; parts of 300,000 bytes. */
class LargeTransferTest {
  private static final int SIZE = 1_300_000;

  @TempDir Path data;
  private final byte[] bytes = new byte[SIZE];
  private Host host;

  @BeforeEach
  void open() throws Exception {
    new Random(5).nextBytes(bytes);
    host = new Host(data, RunEvents.NONE);
    host.bucket.put("input", bytes, 4);
  }

  @AfterEach
  void close() throws Exception {
    host.close();
  }

  private static Order order(InputRef input, String script) {
    return Samples.order(Samples.function(script), input, Samples.limits());
  }

  private static Order copying() {
    return order(Samples.input("a", 4, SIZE), "cp \"$INPUT_FILE_PATH\" \"$TMP_OUTPUT_DIR/o\"");
  }

  private void assertCopied(RunOutcome outcome) throws Exception {
    assertThat(outcome).isEqualTo(new RunOutcome.Succeeded());
    assertThat(host.bucket.objects.get(host.prefix() + "out/o").bytes()).isEqualTo(bytes);
    assertThat(host.manifest().outputs().getFirst().sha256()).isEqualTo(Hex.of(Hex.sha256(bytes)));
    assertThat(host.bucket.uploads).isEmpty();
  }

  private List<String> asked(String beginning) {
    return host.bucket.asked.stream().filter(it -> it.startsWith(beginning)).toList();
  }

  @Test
  void aLargeOutputIsUploadedInParts() throws Exception {
    assertCopied(host.run(copying()));

    assertThat(asked("PUT uploadId=u1"))
        .containsExactly(
            "PUT uploadId=u1&partNumber=1",
            "PUT uploadId=u1&partNumber=2",
            "PUT uploadId=u1&partNumber=3",
            "PUT uploadId=u1&partNumber=4",
            "PUT uploadId=u1&partNumber=5");
  }

  @Test
  void aPartThatFailsIsSentAgainAlone() throws Exception {
    host.bucket.faultsOf.put("PUT uploadId=u1&partNumber=2", new Bucket.Fault.Status(500));

    assertCopied(host.run(copying()));

    assertThat(asked("PUT uploadId=u1&partNumber=2")).hasSize(2);
    assertThat(asked("PUT uploadId=u1")).hasSize(6);
  }

  @Test
  void aCompletionThatFailsUnderAGoodStatusIsMadeAgain() throws Exception {
    host.bucket.faultsOf.put("POST uploadId=u1", new Bucket.Fault.LateError("InternalError"));

    assertCopied(host.run(copying()));

    assertThat(asked("POST uploadId=u1")).hasSize(2);
  }

  @Test
  void anUploadThatTheStoreDroppedIsBegunAnew() throws Exception {
    host.coordinator.onUrl =
        want -> {
          if (want.equals(new Want.OutputUpload("out/o", new UploadStep.Part("u1", 3)))) {
            host.bucket.uploads.remove("u1");
          }
        };

    assertCopied(host.run(copying()));

    assertThat(asked("PUT uploadId=u2")).hasSize(5);
  }

  @Test
  void aStoreThatTakesNoPartBreaksTheRunAndKeepsNothing() throws Exception {
    host.coordinator.onUrl =
        want -> {
          if (want.equals(new Want.OutputUpload("out/o", new UploadStep.Part("u1", 3)))) {
            host.bucket.faultsOf.put("PUT uploadId=u1&partNumber=3", new Bucket.Fault.Status(503));
          }
        };

    RunOutcome outcome = host.run(copying());

    assertThat(outcome)
        .isEqualTo(
            new RunOutcome.Broken(
                "'out/o' was not uploaded: the store answered 503 to a part", true));
    assertThat(host.bucket.uploads).isEmpty();
    assertThat(host.manifest().outputs()).isEmpty();
  }

  @Test
  void aRestartGoesOnBehindTheLastPartThatArrived() throws Exception {
    host.coordinator.onUrl =
        want -> {
          if (want.equals(new Want.OutputUpload("out/o", new UploadStep.Part("u1", 4)))) {
            Thread.currentThread().interrupt();
          }
        };
    host.run(copying());
    assertThat(Thread.interrupted()).isTrue();
    host.coordinator.onUrl = want -> {};
    host.restart();

    assertCopied(host.services.leftOver().getFirst().apply(copying()));

    assertThat(asked("POST uploads")).hasSize(1);
    assertThat(asked("PUT uploadId=u1&partNumber=3")).hasSize(1);
    assertThat(asked("PUT uploadId=u1&partNumber=5")).hasSize(1);
  }

  @Test
  void aRunThatLosesItsLeaseDropsItsParts() {
    host.coordinator.onUrl =
        want -> {
          if (want.equals(new Want.OutputUpload("out/o", new UploadStep.Part("u1", 3)))) {
            host.coordinator.winners.put(Samples.ATTEMPT, new RunId("01jd00000000000000000000zz"));
          }
        };

    assertThat(host.run(copying())).isInstanceOf(RunOutcome.Stopped.class);

    assertThat(asked("PUT uploadId=u1")).hasSize(2);
    assertThat(host.bucket.uploads).isEmpty();
    assertThat(host.bucket.objects).containsOnlyKeys("input");
  }

  @Test
  void aBrokenConnectionIsGoneOnWithFromWhereItWas() throws Exception {
    host.bucket.faultsOf.put("GET input", new Bucket.Fault.CutAfter(400_000));

    assertCopied(host.run(copying()));

    List<String> gets = asked("GET input");
    assertThat(gets).hasSize(2);
    assertThat(gets.getLast()).matches("GET input bytes=[1-9][0-9]{4,5}-");
  }

  @Test
  void anInputThatIsWrittenAnewWhileItComesIsSuperseded() {
    host.bucket.faultsOf.put("GET input", new Bucket.Fault.CutAfter(400_000));
    host.coordinator.onUrl =
        want -> {
          if (!asked("GET input").isEmpty()) {
            host.bucket.put("input", bytes, 5);
          }
        };

    assertThat(host.run(copying())).isEqualTo(new RunOutcome.InputSuperseded());
  }

  @Test
  void aTransferThatStandsStillIsBrokenOffAndGoneOnWith() throws Exception {
    host.bucket.faultsOf.put("GET input", new Bucket.Fault.StallAfter(400_000));

    assertCopied(host.run(copying()));
  }

  @Test
  void aSlowTransferIsLeftAloneForAsLongAsBytesMove() throws Exception {
    host.bucket.faultsOf.put("GET input", new Bucket.Fault.Slowly(8, 200));

    assertCopied(host.run(copying()));

    assertThat(asked("GET input")).hasSize(1);
  }

  @Test
  void anInputWithoutRoomIsSaidAndCanBeTriedElsewhere() {
    RunOutcome outcome = host.run(order(Samples.input("a", 4, 1L << 60), "exit 0"));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            RunOutcome.Broken.class,
            broken -> {
              assertThat(broken.reason())
                  .matches("no room: the input needs 1152921504606846976 bytes.*has \\d+");
              assertThat(broken.retryable()).isTrue();
            });
    assertThat(asked("GET input")).isEmpty();
  }

  @Test
  void outputsAboveTheirTotalAreRefusedBeforeAnyIsRead() throws Exception {
    RunOutcome outcome =
        host.run(
            order(
                Samples.input("a", 4, SIZE),
                "cd \"$TMP_OUTPUT_DIR\"; truncate -s 5M a; truncate -s 5M b"));

    assertThat(outcome)
        .isEqualTo(
            new RunOutcome.Broken("the outputs have more than 8388608 bytes together", false));
    assertThat(host.manifest().outputs()).isEmpty();
    assertThat(asked("POST uploads")).isEmpty();
  }
}
