package dev.millrace.hosted;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobState;
import dev.millrace.schema.run.Order;
import dev.millrace.schema.sign.SigningKey;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packed Lambda form, driven by the runtime client that AWS runs, against its protocol. */
class LambdaIT {
  @TempDir Path folder;
  private RealCoordinator coordinator;
  private RuntimeApi lambda;
  private Packaged function;

  @BeforeEach
  void open() throws Exception {
    coordinator = new RealCoordinator(folder);
    coordinator.knowTheHost();
    lambda = new RuntimeApi();
  }

  @AfterEach
  void stop() throws Exception {
    function.close();
    lambda.close();
    coordinator.close();
  }

  private void start(Map<String, String> environment) throws Exception {
    Map<String, String> all = new HashMap<>(environment);
    all.put("AWS_LAMBDA_RUNTIME_API", lambda.address());
    all.put("_HANDLER", "dev.millrace.hosted.LambdaHandler");
    all.put("AWS_LAMBDA_FUNCTION_NAME", "millrace");
    all.put("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST");
    all.put("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024");
    all.put("LAMBDA_TASK_ROOT", folder.toString());
    function =
        Packaged.start(
            folder,
            all,
            "com.amazonaws.services.lambda.runtime.api.client.AWSLambda",
            "dev.millrace.hosted.LambdaHandler");
  }

  private void start() throws Exception {
    start(coordinator.environment(folder.resolve("host")));
  }

  @Test
  void anEventOfTheIntermediateBucketRunsItsOrderOnce() throws Exception {
    coordinator.deploy("up", "tr a-z A-Z < \"$INPUT_FILE_PATH\" > \"$TMP_OUTPUT_DIR/up\"", "");
    Job job = coordinator.staged("up", "text");
    String event = RealCoordinator.event(RealCoordinator.BUCKET, RealCoordinator.key(job));
    start();

    long began = System.nanoTime();
    RuntimeApi.Said first = lambda.invoke(event);
    long cold = System.nanoTime() - began;
    RuntimeApi.Said second = lambda.invoke(event);
    coordinator.await(job, JobState.SUCCEEDED);
    RuntimeApi.Said third = lambda.invoke(event);

    assertThat(first.kind()).as(first.body() + function.said()).isEqualTo("response");
    assertThat(first.body()).contains("succeeded", job.id().value());
    // Claimed by the first; removed from the bucket once the job has ended.
    assertThat(second.kind()).isEqualTo("response");
    assertThat(second.body()).containsAnyOf("stopped", "gone");
    assertThat(third.body()).containsAnyOf("stopped", "gone");
    assertThat(coordinator.text("up-out/up")).isEqualTo("TEXT");
    assertThat(coordinator.attempt(job).id().number()).isOne();
    System.out.printf("first answer after %d ms, start included%n", cold / 1_000_000);
  }

  @Test
  void anOrderThatIsSentItselfRuns() throws Exception {
    coordinator.deploy("f", "echo hi > \"$TMP_OUTPUT_DIR/hi\"", "staging: bundle");
    Job job = coordinator.staged("f", "x");
    String line = coordinator.attempt(job).order().line();
    start();

    assertThat(lambda.invoke("{\"order\": \"" + line + "\"}").body()).contains("succeeded");
    assertThat(lambda.invoke("\"" + line + "\"").kind()).isEqualTo("response");

    coordinator.await(job, JobState.SUCCEEDED);
    assertThat(coordinator.text("f-out/hi")).isEqualTo("hi\n");
  }

  @Test
  void whatIsNoOrderIsAnErrorWithoutAClaimAndTheFunctionLives() throws Exception {
    coordinator.deploy("f", "true", "");
    Job job = coordinator.staged("f", "x");
    String forged =
        SigningKey.generate().sign(Order.TYPE, coordinator.attempt(job).order().bytes()).line();
    start();

    for (String event : new String[] {"{}", "\"x\"", "7", "\"" + forged + "\""}) {
      RuntimeApi.Said said = lambda.invoke(event);
      assertThat(said.kind()).as("%s: %s", event, said.body()).isEqualTo("error");
    }
    RuntimeApi.Said said = lambda.invoke("\"" + forged + "\"");
    assertThat(said.body()).contains("not validly signed by a coordinator that is trusted here");
    // Spring Cloud Function asks for each element of a list: of none, for nothing.
    assertThat(lambda.invoke("[]").kind()).isEqualTo("response");
    assertThat(coordinator.claims).hasValue(0);

    String own = coordinator.attempt(job).order().line();
    assertThat(lambda.invoke("\"" + own + "\"").body()).contains("succeeded");
  }

  @Test
  void aFunctionThatMayNeedLongerThanLambdaLastsIsDeadWithTheReason() throws Exception {
    coordinator.deploy("long", "true", "timeout: 20m");
    Job job = coordinator.staged("long", "x");
    start();

    lambda.invoke(RealCoordinator.event(RealCoordinator.BUCKET, RealCoordinator.key(job)));

    assertThat(coordinator.await(job, JobState.DEAD).reason())
        .contains("timeout is 1200 s", "this host ends after 840 s");
  }

  @Test
  void aHandlerThatCannotStartIsAnErrorOfInitialisation() throws Exception {
    start(Map.of());

    RuntimeApi.Said said = lambda.next();

    assertThat(said.kind()).isEqualTo("init/error");
    assertThat(function.exitCode()).isNotZero();
    assertThat(said.body() + function.said()).contains("MILLRACE_COORDINATOR is not set");
  }
}
