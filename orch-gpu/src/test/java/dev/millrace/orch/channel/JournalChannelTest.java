package dev.millrace.orch.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.orch.journal.Attempt;
import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.keys.KeyFiles;
import dev.millrace.orch.order.Orders;
import dev.millrace.orch.rig.Rig;
import dev.millrace.orch.rig.StalledJournal;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.object.Notice;
import dev.millrace.schema.object.NoticeSink;
import dev.millrace.schema.object.ObjectBody;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.UploadStep;
import dev.millrace.schema.run.Order;
import dev.millrace.schema.run.RunChannel;
import dev.millrace.schema.run.RunObjects;
import dev.millrace.schema.run.RunObjects.Opened;
import dev.millrace.schema.run.RunObjects.Put;
import dev.millrace.schema.run.RunOutcome;
import dev.millrace.schema.sign.SignedBytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What runs and sources are told when the journal does not answer, or hears a thing twice. */
class JournalChannelTest {
  @TempDir Path folder;
  private Rig rig;

  @BeforeEach
  void start() throws Exception {
    rig = new Rig(folder, "leases: {manifest_poll: 50ms}");
    rig.deploy("");
    rig.drop("in/a", "1");
  }

  @AfterEach
  void stop() throws Exception {
    rig.close();
  }

  /** A run that hears STALE stops and throws its work away. */
  @Test
  void aBeatThatComesTwiceDoesNotCostTheRunItsLease() throws Exception {
    Job job = rig.await(rig.job().id(), JobState.STAGED);
    RunRef run = rig.claim(job.id(), rig.hand.run());

    assertThat(rig.channel().renew(run, 2)).isEqualTo(RunChannel.Renewal.RENEWED);
    assertThat(rig.channel().renew(run, 2)).isEqualTo(RunChannel.Renewal.RENEWED);
    assertThat(rig.channel().renew(run, 1)).isEqualTo(RunChannel.Renewal.RENEWED);
  }

  @Test
  void aJournalThatStallsKeepsNoRenewalWaiting() throws Exception {
    Job job = rig.await(rig.job().id(), JobState.STAGED);
    RunRef run = rig.claim(job.id(), rig.hand.run());

    try (StalledJournal stalled = new StalledJournal(folder.resolve("journal.db"))) {
      assertThat(rig.channel().renew(run, 7)).isEqualTo(RunChannel.Renewal.RENEWED);
    }

    await().until(() -> rig.journal().liveLeases().getFirst().counter() == 7);
  }

  /** After a restore numbers come again: same attempt, same token, another order. */
  @Test
  void anOrderOfOursThatIsNotTheAttemptsOwnClaimsNothing() throws Exception {
    Job job = rig.await(rig.job().id(), JobState.STAGED);
    Attempt attempt = rig.attempt(job.id());
    Order own = Orders.of(attempt);
    SignedBytes other =
        new Orders(new KeyFiles(folder.resolve("keys"), new SecureRandom()).signing("coordinator"))
            .sign(
                new Order(
                    own.attempt(),
                    own.token(),
                    own.pool(),
                    own.provider(),
                    own.function(),
                    own.input(),
                    own.slices(),
                    own.limits(),
                    own.issuedAt().minusSeconds(1),
                    own.expiresAt()));

    assertThat(rig.channel().claim(other, rig.hand.run()))
        .isInstanceOfSatisfying(
            RunChannel.Claim.Refused.class,
            refused -> assertThat(refused.reason()).contains("another order"));
    RunRef run = rig.claim(job.id(), rig.hand.run());
    assertThat(rig.channel().claim(other, run.run()))
        .as("nor for the run that has it")
        .isInstanceOf(RunChannel.Claim.Refused.class);
  }

  @Test
  void whatIsNearIsOfTheCurrentRunAloneAndUnderItsPrefixAlone() throws Exception {
    Job job = rig.await(rig.job().id(), JobState.STAGED);
    RunRef run = rig.claim(job.id(), rig.hand.run());
    RunObjects near = rig.channel().near();
    byte[] bytes = {'1'};

    try (ObjectBody body = ((Opened.Here) near.open(run, new RunChannel.Want.Input())).body()) {
      assertThat(body.stream().readAllBytes()).isEqualTo(bytes);
      assertThat(body.head().version()).isEqualTo(job.input().version());
    }
    assertThat(near.put(run, "out/a", bytes)).isEqualTo(new Put.Done());
    for (String bad : List.of("out/../a", "../a", "a", "out/", "out/" + "a".repeat(1024), "")) {
      assertThat(near.put(run, bad, bytes)).as(bad).isInstanceOf(Put.Refused.class);
    }
    assertThat(near.open(run, new RunChannel.Want.FunctionPart("0".repeat(64))))
        .isInstanceOf(Opened.Refused.class);
    assertThat(near.open(run, new RunChannel.Want.Bundle())).isInstanceOf(Opened.Refused.class);
    for (RunRef stranger :
        List.of(
            new RunRef(run.attempt(), rig.hand.run(), run.token()),
            new RunRef(run.attempt(), run.run(), run.token() + 1),
            new RunRef(new AttemptId(job.id(), 2), run.run(), run.token()))) {
      assertThat(near.open(stranger, new RunChannel.Want.Input()))
          .isInstanceOf(Opened.Refused.class);
      assertThat(near.put(stranger, "out/a", bytes)).isInstanceOf(Put.Refused.class);
    }

    rig.settle(run, new RunOutcome.Failed(1), Map.of());

    assertThat(near.open(run, new RunChannel.Want.Input())).isInstanceOf(Opened.Refused.class);
    assertThat(near.put(run, "out/a", bytes)).isInstanceOf(Put.Refused.class);
    assertThat(near.put(run, "manifest.json", bytes)).isInstanceOf(Put.Refused.class);
  }

  @Test
  void whatIsNearFailsAsTheChannelDoes() throws Exception {
    Job job = rig.await(rig.job().id(), JobState.STAGED);
    RunRef run = rig.claim(job.id(), rig.hand.run());
    RunObjects near = rig.channel().near();
    rig.close();

    assertThatThrownBy(() -> near.open(run, new RunChannel.Want.Input()))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> near.put(run, "out/a", new byte[1])).isInstanceOf(IOException.class);
  }

  /** By the port's contract an IOException says that it may be asked again; others end the run. */
  @Test
  void aJournalThatFailsIsAnUnknownOutcomeForRuns() throws Exception {
    Job job = rig.await(rig.job().id(), JobState.STAGED);
    RunRef run = rig.claim(job.id(), rig.hand.run());
    RunChannel channel = rig.channel();
    rig.close();

    assertThatThrownBy(() -> channel.renew(run, 1)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> channel.url(run, new RunChannel.Want.Input()))
        .isInstanceOf(IOException.class);
  }

  @Test
  void theStepsOfAnUploadAreGrantedUnderTheRunsOwnPrefixAlone() throws Exception {
    Job job = rig.await(rig.job().id(), JobState.STAGED);
    RunRef run = rig.claim(job.id(), rig.hand.run());
    RunRef other = new RunRef(run.attempt(), rig.hand.run(), run.token());

    for (UploadStep step :
        List.of(
            new UploadStep.Begin(),
            new UploadStep.Part("u", 1),
            new UploadStep.Complete("u"),
            new UploadStep.Abort("u"))) {
      assertThat(granted(run, "out/a", step)).as(step.toString()).isTrue();
      assertThat(granted(other, "out/a", step)).as(step.toString()).isFalse();
      for (String bad : List.of("out/../a", "../a", "a", "out/", "out/" + "a".repeat(1024))) {
        assertThat(granted(run, bad, step)).as(bad).isFalse();
      }
    }
  }

  @Test
  void aRunThatHasEndedMayDropItsPartsAndNothingElse() throws Exception {
    Job job = rig.await(rig.job().id(), JobState.STAGED);
    RunRef run = rig.claim(job.id(), rig.hand.run());
    rig.settle(run, new RunOutcome.Failed(1), Map.of());

    assertThat(granted(run, "out/a", new UploadStep.Abort("u"))).isTrue();
    assertThat(granted(run, "out/a", new UploadStep.Begin())).isFalse();
    assertThat(granted(run, "out/a", new UploadStep.Complete("u"))).isFalse();
  }

  private boolean granted(RunRef run, String relative, UploadStep step) throws IOException {
    return rig.channel().url(run, new RunChannel.Want.OutputUpload(relative, step))
        instanceof RunChannel.UrlAnswer.Granted;
  }

  /** By the sink's contract: then a source keeps its events, and its thread lives. */
  @Test
  void aJournalThatFailsLeavesNoticesWithTheirSource() throws Exception {
    NoticeSink sink = rig.sink();
    rig.close();

    ObjectName name = new ObjectName(StoreId.EMBEDDED, "bucket", "in/b");
    assertThatThrownBy(() -> sink.accept(List.of(new Notice("test", name, null, Instant.EPOCH))))
        .isInstanceOf(UncheckedIOException.class);
  }
}
