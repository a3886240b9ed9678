package dev.millrace.orch.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.orch.journal.Attempt;
import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.rig.Rig;
import dev.millrace.orch.secret.Carrier;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.SecretName;
import dev.millrace.schema.run.RunChannel.Claim;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a claim brings with it, and where it does not go. */
class SecretClaimTest {
  private static final SecretName NAME = new SecretName("maps.key");

  @TempDir Path folder;
  private Rig rig;

  @AfterEach
  void stop() throws Exception {
    rig.close();
  }

  private Job staged(String config) throws Exception {
    rig = new Rig(folder, "leases: {manifest_poll: 50ms}\n" + config);
    rig.secrets().set(Rig.MAIN, NAME, "hunter22");
    rig.deploy("secrets: {A: maps.key, B: maps.key}");
    rig.drop("in/a", "1");
    return rig.await(rig.job().id(), JobState.STAGED);
  }

  private Claim claim(Job job, RunId run, Carrier carrier) throws IOException {
    Attempt attempt = rig.attempt(job.id());
    return ((JournalChannel) rig.channel()).over(carrier).claim(attempt.order(), run);
  }

  private static Map<String, String> granted(Claim claim) {
    return ((Claim.Granted) claim).grant().secrets();
  }

  @ParameterizedTest
  @EnumSource(
      value = Carrier.class,
      names = {"INSIDE", "SECURE"})
  void aClaimBringsThemByVariableAndBringsThemAgain(Carrier carrier) throws Exception {
    Job job = staged("");
    RunId run = rig.hand.run();
    Map<String, String> wanted = Map.of("A", "hunter22", "B", "hunter22");

    Claim first = claim(job, run, carrier);
    assertThat(granted(first)).isEqualTo(wanted);
    assertThat(first.toString()).doesNotContain("hunter22");
    rig.secrets().set(Rig.MAIN, NAME, "another");
    assertThat(granted(claim(job, run, carrier))).containsEntry("A", "another");
  }

  /** The attempt is over at once, and says why; nobody waits for the order to expire. */
  @ParameterizedTest
  @CsvSource({"BUCKET, intermediate bucket", "PLAIN, providers.plain_secrets"})
  void aWayThatKeepsNoSecretsBringsNone(Carrier carrier, String reason) throws Exception {
    Job job = staged("");
    Attempt attempt = rig.attempt(job.id());

    assertThat(claim(job, rig.hand.run(), carrier))
        .isInstanceOfSatisfying(
            Claim.Refused.class, refused -> assertThat(refused.reason()).contains(reason));

    assertThat(rig.desk().job(Rig.MAIN, job.id()).orElseThrow().attempts().getFirst().reason())
        .contains(reason);
    assertThat(rig.attempt(job.id()).order().line()).isNotNull();
    assertThat(attempt.order().line()).doesNotContain("hunter22");
  }

  @Test
  void plainHttpBringsThemWhereThatIsAllowed() throws Exception {
    Job job = staged("providers: {plain_secrets: true}");

    assertThat(granted(claim(job, rig.hand.run(), Carrier.PLAIN))).containsEntry("A", "hunter22");
  }

  @Test
  void aSecretThatIsGoneWhenItsOrderIsClaimedIsSaidToBeMissing() throws Exception {
    Job job = staged("");
    rig.secrets().remove(Rig.MAIN, NAME, true);

    assertThat(claim(job, rig.hand.run(), Carrier.INSIDE))
        .isInstanceOfSatisfying(
            Claim.Refused.class,
            refused ->
                assertThat(refused.reason())
                    .isEqualTo("secret maps.key is not set: millrace secret set maps.key"));
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> {
          rig.clock.move(Duration.ofSeconds(5));
          assertThat(rig.desk().job(Rig.MAIN, job.id()).orElseThrow().waitingFor())
              .contains("secret maps.key is not set");
        });

    rig.secrets().set(Rig.MAIN, NAME, "hunter22");
    rig.await(job.id(), JobState.STAGED);
    assertThat(granted(claim(job, rig.hand.run(), Carrier.INSIDE))).containsEntry("A", "hunter22");
  }

  @Test
  void aRunThatHasItsAttemptGoesOnWhenTheyAreGoneAndIsGivenNone() throws Exception {
    Job job = staged("");
    RunId run = rig.hand.run();
    claim(job, run, Carrier.INSIDE);
    rig.secrets().remove(Rig.MAIN, NAME, true);

    assertThat(granted(claim(job, run, Carrier.INSIDE))).isEmpty();
    assertThat(claim(job, new RunId("01jd0000000000000000000009"), Carrier.INSIDE))
        .isNotInstanceOf(Claim.Granted.class);
    assertThat(rig.attempt(job.id()).run()).isEqualTo(run);
  }
}
