package dev.millrace.hosted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobState;
import dev.millrace.schema.run.Order;
import dev.millrace.schema.sign.SigningKey;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packed service, as a process that a real coordinator knows. */
class HostedIT {
  private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");

  @TempDir Path folder;
  private RealCoordinator coordinator;
  private Packaged host;
  private URI endpoint;
  private final HttpClient client = HttpClient.newHttpClient();

  @BeforeEach
  void start() throws Exception {
    coordinator = new RealCoordinator(folder);
    startHost();
  }

  private void startHost() throws Exception {
    host =
        Packaged.start(
            folder,
            coordinator.environment(folder.resolve("host")),
            "dev.millrace.hosted.HostedFunctions",
            "--server.port=0",
            "--logging.level.org.springframework.boot.tomcat=INFO");
    await()
        .atMost(Duration.ofSeconds(90))
        .until(() -> !host.alive() || PORT.matcher(host.said()).find());
    Matcher port = PORT.matcher(host.said());
    assertThat(port.find()).as(host.said()).isTrue();
    endpoint = URI.create("http://127.0.0.1:" + port.group(1));
  }

  @AfterEach
  void stop() throws Exception {
    client.shutdownNow();
    host.close();
    coordinator.close();
  }

  private HttpResponse<String> post(String body) throws Exception {
    return send(HttpRequest.newBuilder(endpoint.resolve("/order")), body);
  }

  private HttpResponse<String> send(HttpRequest.Builder request, String body) throws Exception {
    return client.send(
        request.header("Content-Type", "text/plain").POST(BodyPublishers.ofString(body)).build(),
        BodyHandlers.ofString());
  }

  @Test
  void aPostedOrderRunsOnceAndItsResultIsPublished() throws Exception {
    coordinator.deploy("up", "tr a-z A-Z < \"$INPUT_FILE_PATH\" > \"$TMP_OUTPUT_DIR/up\"", "");
    Job job = coordinator.staged("up", "text");
    String order = coordinator.attempt(job).order().line();

    HttpResponse<String> first = post(order);
    HttpResponse<String> second = post(order);

    assertThat(first.statusCode()).as(first.body() + host.said()).isEqualTo(200);
    assertThat(first.body()).contains("\"outcome\":\"succeeded\"", job.id().value());
    assertThat(second.body()).contains("\"outcome\":\"stopped\"");
    assertThat(coordinator.introductions).hasPositiveValue();
    coordinator.await(job, JobState.SUCCEEDED);
    assertThat(coordinator.text("up-out/up")).isEqualTo("TEXT");
  }

  @Test
  void aNotificationOfABundleJobRunsIt() throws Exception {
    coordinator.deploy(
        "bundled", "cat \"$INPUT_FILE_PATH\" > \"$TMP_OUTPUT_DIR/b\"", "staging: bundle");
    Job job = coordinator.staged("bundled", "as one zip");

    HttpResponse<String> answer =
        post(RealCoordinator.event(RealCoordinator.BUCKET, RealCoordinator.key(job)));

    assertThat(answer.body()).as(host.said()).contains("\"outcome\":\"succeeded\"");
    coordinator.await(job, JobState.SUCCEEDED);
    assertThat(coordinator.text("bundled-out/b")).isEqualTo("as one zip");
  }

  @Test
  void whatIsNoOrderOfThisCoordinatorIsRefusedWithoutAClaim() throws Exception {
    coordinator.deploy("f", "true", "");
    Job job = coordinator.staged("f", "x");
    byte[] bytes = coordinator.attempt(job).order().bytes();
    String forged = SigningKey.generate().sign(Order.TYPE, bytes).line();
    coordinator.put("orders/local/forged", forged);

    for (String body : new String[] {"", "x", "{}", forged, "\"" + forged + "\""}) {
      assertThat(post(body).statusCode()).as("%s: %s", body, host.said()).isBetween(400, 422);
    }
    HttpResponse<String> told =
        post(RealCoordinator.event(RealCoordinator.BUCKET, "orders/local/forged"));
    assertThat(told.statusCode()).isEqualTo(422);
    assertThat(told.body()).contains("not validly signed by a coordinator that is trusted here");
    assertThat(post(RealCoordinator.event("other", "orders/x")).statusCode()).isEqualTo(422);
    assertThat(coordinator.claims).hasValue(0);
  }

  @Test
  void nothingButPostedOrdersIsAnswered() throws Exception {
    for (String path :
        new String[] {"/", "/functionRouter", "/order/x", "/order,order", "/actuator"}) {
      assertThat(send(HttpRequest.newBuilder(endpoint.resolve(path)), "x").statusCode())
          .as(path)
          .isEqualTo(404);
    }
    HttpRequest.Builder order = HttpRequest.newBuilder(endpoint.resolve("/order"));
    assertThat(client.send(order.copy().GET().build(), BodyHandlers.discarding()).statusCode())
        .isEqualTo(405);
    assertThat(
            send(order.copy().header("spring.cloud.function.routing-expression", "T(x)"), "x")
                .statusCode())
        .isEqualTo(400);
    assertThat(send(order.copy(), "x".repeat(Gate.BODY_MAX + 1)).statusCode()).isEqualTo(413);
    assertThat(coordinator.claims).hasValue(0);
  }

  @Test
  void aRunGoesOnAfterItsHostWasKilled() throws Exception {
    coordinator.deploy("slow", "sleep 4; echo done > \"$TMP_OUTPUT_DIR/d\"", "");
    Job job = coordinator.staged("slow", "x");
    String order = coordinator.attempt(job).order().line();
    Thread posting =
        Thread.ofVirtual()
            .start(() -> {
              try {
                post(order);
              } catch (Exception e) {
                // The host dies while it is asked.
              }
            });
    coordinator.await(job, JobState.RUNNING);

    host.kill();
    posting.join();
    startHost();

    coordinator.await(job, JobState.SUCCEEDED);
    assertThat(coordinator.attempt(job).id().number()).isOne();
    assertThat(coordinator.text("slow-out/d")).isEqualTo("done\n");
  }

  @Test
  void aHostWithoutItsSettingsSaysWhichIsMissing() throws Exception {
    try (Packaged bare =
        Packaged.start(
            folder, Map.of(), "dev.millrace.hosted.HostedFunctions", "--server.port=0")) {
      assertThat(bare.exitCode()).isNotZero();
      assertThat(bare.said()).contains("MILLRACE_COORDINATOR is not set");
    }
  }
}
