package dev.millrace.orch.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.orch.desk.FakeDesk;
import dev.millrace.orch.journal.Story;
import dev.millrace.orch.journal.Transition.DeployFunction;
import dev.millrace.orch.rig.Rig;
import dev.millrace.schema.function.DeployedFunction;
import dev.millrace.schema.function.FunctionSpec;
import dev.millrace.schema.id.FunctionRef;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two deploy the same function by two coordinators on one journal. */
final class OvertakenDeployTest {
  @TempDir private Path folder;
  private Rig rig;
  private Shell shell;

  @BeforeEach
  void start() throws Exception {
    rig = new Rig(folder.resolve("rig"), "{}");
    shell = new Shell(folder, Optional.of(rig.desk()));
  }

  @AfterEach
  void stop() throws Exception {
    shell.close();
    rig.close();
  }

  private static String fdl(String priority) {
    return """
    functions:
      millrace:
        - name: f
          runner: process
          memory: 256Mi
          priority: %s
          script: |
            true
          input: [{storage_provider: millrace.default, path: bucket/in}]
          output: [{storage_provider: millrace.default, path: bucket/out}]
    """
        .formatted(priority);
  }

  /** Another function, for which there is something to be listed when that one is prepared. */
  private static String andLate() {
    return """
        - name: late
          runner: process
          memory: 256Mi
          script: |
            true
          input: [{storage_provider: millrace.default, path: late/in}]
          output: [{storage_provider: millrace.default, path: late/out}]
    """;
  }

  /** What another coordinator does while this one still prepares. */
  private void another(String text) {
    FakeDesk read = new FakeDesk();
    read.furnish(text);
    FunctionSpec spec = read.functions(Rig.MAIN).getFirst().spec();
    FunctionRef ref = new FunctionRef(Rig.MAIN, spec.name());
    int revision = rig.journal().newestRevision(ref) + 1;
    new Story(rig.journal())
        .done(
            new DeployFunction(
                new DeployedFunction(ref, revision, spec, List.of(), rig.clock.instant()),
                List.of()));
  }

  private int deployOvertaken() throws Exception {
    Files.writeString(folder.resolve("f.yaml"), fdl("3") + andLate());
    AtomicBoolean once = new AtomicBoolean();
    rig.store.beforeLists(bucket -> {
      if (bucket.equals("late") && once.compareAndSet(false, true)) {
        another(fdl("7"));
      }
    });
    return shell.run("deploy", "f.yaml");
  }

  private List<String> deployed() {
    return rig.desk().functions(Rig.MAIN).stream()
        .map(f -> f.ref().name() + " " + f.revision() + " " + f.spec().rules().priority())
        .toList();
  }

  @Test
  void theOneThatCameFirstStandsAndTheOtherIsToldToDeployAgain() throws Exception {
    assertThat(deployOvertaken()).isEqualTo(Exit.FAILED);

    assertThat(shell.err())
        .contains("another change came first", "nothing was deployed", "deploy again");
    assertThat(shell.out()).doesNotContain("deployed");
    assertThat(deployed()).as("all or none").containsExactly("f 1 7");
  }

  @Test
  void deployedAgainItStandsAsTheNextRevision() throws Exception {
    deployOvertaken();

    assertThat(shell.run("deploy", "f.yaml")).isEqualTo(Exit.OK);

    assertThat(shell.out()).contains("f, revision 2");
    assertThat(deployed()).containsExactlyInAnyOrder("f 2 3", "late 1 0");
  }

  @Test
  void whatIsDroppedBetweenTheTwoIsAJobOnceEach() throws Exception {
    deployOvertaken();
    rig.clock.move(Duration.ofSeconds(2));
    rig.drop("in/between", "1");
    await().until(() -> rig.jobs().size() == 1);
    shell.run("deploy", "f.yaml");
    rig.clock.move(Duration.ofSeconds(2));
    rig.drop("in/after", "2");

    await().until(() -> rig.jobs().size() == 2);
    assertThat(rig.jobs())
        .extracting(job -> job.input().name().key() + " " + job.priority())
        .containsExactlyInAnyOrder("in/between 7", "in/after 3");
  }
}
