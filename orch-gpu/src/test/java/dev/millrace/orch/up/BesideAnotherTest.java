package dev.millrace.orch.up;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.desk.SecretDesk;
import dev.millrace.orch.journal.Commit;
import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.journal.Transition;
import dev.millrace.orch.journal.Transition.DeployFunction;
import dev.millrace.orch.journal.Transition.RemoveFunction;
import dev.millrace.orch.rig.Rig;
import dev.millrace.schema.function.DeployedFunction;
import dev.millrace.schema.function.FunctionSpec;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.id.SecretName;
import dev.millrace.schema.id.Ulids;
import dev.millrace.schema.run.RunOutcome;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A coordinator whose journal another one changes, and that is told nothing of it. */
final class BesideAnotherTest {
  @TempDir Path folder;
  private Rig rig;
  private DeployedFunction first;

  @BeforeEach
  void start() throws Exception {
    rig = new Rig(folder, "leases: {manifest_poll: 50ms}");
    rig.deploy("");
    first = rig.desk().functions(Rig.MAIN).getFirst();
  }

  @AfterEach
  void stop() throws Exception {
    rig.close();
  }

  private void another(Transition transition) {
    assertThat(rig.journal().commit(transition)).isInstanceOf(Commit.Committed.class);
  }

  private static DeployedFunction as(
      DeployedFunction function, FunctionName name, int revision, Map<String, String> secrets) {
    FunctionSpec spec = function.spec();
    return new DeployedFunction(
        new FunctionRef(Rig.MAIN, name),
        revision,
        new FunctionSpec(
            name,
            spec.origin(),
            spec.code(),
            spec.resources(),
            spec.rules(),
            Map.of("OTHER", "1"),
            secrets,
            spec.trust(),
            spec.inputs(),
            spec.outputs(),
            spec.price(),
            spec.labels()),
        function.files(),
        function.deployedAt());
  }

  private void redeployedElsewhere() {
    DeployedFunction next = as(first, first.spec().name(), 2, Map.of());
    another(new DeployFunction(next, List.of()));
  }

  /** Four take the whole device; what is placed after them is of the newest revision. */
  @Test
  void aWaitingJobRunsTheRevisionThatAnotherDeployed() throws Exception {
    for (int i = 0; i < 4; i++) {
      rig.drop("in/" + i, "x");
    }
    Awaitility.await()
        .until(() -> rig.desk().counts(Rig.MAIN).getOrDefault(JobState.STAGED, 0L) == 4);
    rig.drop("in/last", "x");
    Awaitility.await().until(() -> rig.jobs().size() == 5);
    rig.await(last().id(), JobState.WAITING);
    redeployedElsewhere();
    Job done =
        rig.jobs().stream().filter(j -> j.state() == JobState.STAGED).findFirst().orElseThrow();
    RunId run = new Ulids(rig.clock, new Random(3)).run();
    RunRef claimed = rig.claim(done.id(), run);
    rig.settle(claimed, new RunOutcome.Succeeded(), Map.of());

    rig.await(last().id(), JobState.STAGED);
    assertThat(rig.attempt(last().id()).revision()).isEqualTo(2);
  }

  private Job last() {
    return rig.jobs().stream()
        .filter(job -> job.input().name().key().equals("in/last"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void whatAnotherDeployedIsNotTakenForWhatIsDeployedHereAgain() throws Exception {
    redeployedElsewhere();

    rig.deploy("");

    assertThat(rig.journal().newestRevision(first.ref())).isEqualTo(3);
    assertThat(rig.desk().functions(Rig.MAIN).getFirst().spec()).isEqualTo(first.spec());
  }

  @Test
  void listsWhatAnotherDeployedAndNotWhatItRemoved() {
    FunctionName name = new FunctionName("g");
    another(new DeployFunction(as(first, name, 1, Map.of()), List.of()));
    another(new RemoveFunction(first.ref(), rig.clock.instant()));

    assertThat(rig.desk().functions(Rig.MAIN))
        .extracting(function -> function.ref().name())
        .containsExactly(name);
  }

  @Test
  void aSecretThatAFunctionOfAnotherWantsIsNotForgottenUnasked() throws Exception {
    SecretName secret = new SecretName("maps.key");
    rig.secrets().set(Rig.MAIN, secret, "hunter22");
    FunctionName name = new FunctionName("g");
    another(new DeployFunction(as(first, name, 1, Map.of("KEY", secret.value())), List.of()));

    assertThat(rig.secrets().remove(Rig.MAIN, secret, false))
        .isEqualTo(new SecretDesk.Removal.Wanted(List.of(name)));
  }
}
