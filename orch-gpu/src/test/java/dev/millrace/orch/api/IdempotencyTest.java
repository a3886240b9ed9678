package dev.millrace.orch.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.api.view.ProblemView;
import dev.millrace.orch.desk.FakeDesk;
import dev.millrace.orch.desk.FrontDesk;
import dev.millrace.orch.desk.Jobs;
import dev.millrace.schema.json.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class IdempotencyTest {
  private static final String DEPLOY = "{\"fileName\":\"a.yaml\",\"fdl\":\"f\"}";
  private static final String OTHER = "{\"fileName\":\"b.yaml\",\"fdl\":\"f\"}";

  @TempDir Path folder;
  private final FakeDesk desk = new FakeDesk();
  private final AtomicReference<Instant> now = new AtomicReference<>(Jobs.NOW);
  private final HttpClient http = HttpClient.newHttpClient();
  private ApiServer server;

  @BeforeEach
  void start() throws IOException {
    Tokens.Principal tenant = new Tokens.Principal(Jobs.TENANT, Role.TENANT);
    server =
        ApiServer.start(
            ApiConfig.loopback(0, "test"),
            desk,
            Tokens.of(Map.of("one", tenant, "two", tenant)),
            new ApiServer.Mounted(
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                new ApiServer.Kept(
                    Optional.empty(),
                    Optional.of(
                        KeptAnswers.open(folder.resolve("answers"), new byte[32], now::get)),
                    new SplittableRandom(3))));
  }

  @AfterEach
  void stop() {
    server.close();
    http.close();
  }

  @Test
  void doesTheSameRequestOnce() throws Exception {
    HttpResponse<String> first = deploy("one", "k", DEPLOY);
    HttpResponse<String> second = deploy("one", "k", DEPLOY);

    assertThat(second.statusCode()).isEqualTo(200);
    assertThat(second.body()).isEqualTo(first.body());
    assertThat(first.headers().firstValue("Idempotency-Replayed")).isEmpty();
    assertThat(second.headers().firstValue("Idempotency-Replayed")).hasValue("true");
    assertThat(desk.deployments).hasSize(1);
  }

  @Test
  void takesAKeyWithQuotesForTheSame() throws Exception {
    deploy("one", "k", DEPLOY);
    deploy("one", "\"k\"", DEPLOY);

    assertThat(desk.deployments).hasSize(1);
  }

  @Test
  void refusesTheKeyWithAnotherBody() throws Exception {
    deploy("one", "k", DEPLOY);

    assertThat(problem(deploy("one", "k", OTHER)).status()).isEqualTo(422);
    assertThat(desk.deployments).hasSize(1);
  }

  @Test
  void remembersAfterARestart() throws Exception {
    deploy("one", "k", DEPLOY);
    server.close();
    start();

    assertThat(deploy("one", "k", DEPLOY).statusCode()).isEqualTo(200);
    assertThat(desk.deployments).hasSize(1);
  }

  @Test
  void forgetsAfterADay() throws Exception {
    deploy("one", "k", DEPLOY);
    now.set(Jobs.NOW.plus(KeptAnswers.KEPT).minusSeconds(1));
    deploy("one", "k", DEPLOY);
    assertThat(desk.deployments).hasSize(1);

    now.set(Jobs.NOW.plus(KeptAnswers.KEPT));
    deploy("one", "k", OTHER);

    assertThat(desk.deployments).hasSize(2);
  }

  @Test
  void holdsTheKeysOfTokensAndRoutesApart() throws Exception {
    deploy("one", "k", DEPLOY);
    deploy("two", "k", OTHER);
    HttpResponse<String> upload =
        post("one", "/v1/uploads", Optional.of("k"), "{\"bucket\":\"b\",\"key\":\"k\"}");

    assertThat(desk.deployments).hasSize(2);
    assertThat(upload.statusCode()).isEqualTo(200);
  }

  @Test
  void givesTheSameUrlAgainWhileItIsGood() throws Exception {
    String object = "{\"bucket\":\"b\",\"key\":\"k\"}";
    String first = post("one", "/v1/uploads", Optional.of("k"), object).body();
    desk.store = URI.create("http://127.0.0.1:2/");
    String second = post("one", "/v1/uploads", Optional.of("k"), object).body();
    now.set(Jobs.NOW.plus(Duration.ofMinutes(31)));
    String third = post("one", "/v1/uploads", Optional.of("k"), object).body();

    assertThat(second).isEqualTo(first);
    assertThat(third).isNotEqualTo(first);
  }

  static Stream<FrontDesk.Deployment> refusals() {
    return Stream.of(
        new FrontDesk.Deployment.Rejected(List.of("error: it came over HTTP without TLS")),
        new FrontDesk.Deployment.Overtaken("revision 2 of function f is there"));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void looksAnewAtWhatWasRefusedAndChangedNothing(FrontDesk.Deployment refusal) throws Exception {
    desk.nextDeployment = refusal;
    assertThat(problem(deploy("one", "k", DEPLOY)).status()).isIn(409, 422);
    desk.nextDeployment = new FrontDesk.Deployment.Done(List.of(), List.of());

    HttpResponse<String> again = deploy("one", "k", DEPLOY);

    assertThat(again.statusCode()).isEqualTo(200);
    assertThat(again.headers().firstValue("Idempotency-Replayed")).isEmpty();
    deploy("one", "k", DEPLOY);
    assertThat(desk.deployments).hasSize(2);
  }

  @Test
  void keepsNothingOfARequestThatCouldNotBeRead() throws Exception {
    assertThat(problem(deploy("one", "k", "{")).status()).isEqualTo(400);

    assertThat(deploy("one", "k", DEPLOY).statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "\"\""})
  void refusesKeysThatAreNone(String key) throws Exception {
    assertThat(problem(deploy("one", key, DEPLOY)).status()).isEqualTo(400);
    assertThat(problem(deploy("one", "k".repeat(256), DEPLOY)).status()).isEqualTo(400);
    assertThat(desk.deployments).isEmpty();
  }

  @Test
  void manyAtOnceAreOneDeploymentAndTheRestAreToldToWaitOrAnsweredAlike() throws Exception {
    List<Future<HttpResponse<String>>> answers = new ArrayList<>();
    try (ExecutorService many = Executors.newVirtualThreadPerTaskExecutor()) {
      Callable<HttpResponse<String>> one = () -> deploy("one", "k", DEPLOY);
      for (int n = 0; n < 30; n++) {
        answers.add(many.submit(one));
      }
    }

    for (Future<HttpResponse<String>> answer : answers) {
      assertThat(answer.get().statusCode()).isIn(200, 409);
      if (answer.get().statusCode() == 409) {
        assertThat(answer.get().headers().firstValue("Retry-After")).isPresent();
      }
    }
    assertThat(answers).anyMatch(answer -> answer.resultNow().statusCode() == 200);
    assertThat(desk.deployments).hasSize(1);
  }

  @Test
  void whoeverIsAtWorkHoldsTheKey() throws Exception {
    KeptAnswers answers = KeptAnswers.open(folder.resolve("more"), new byte[32], now::get);
    byte[] body = {1};

    assertThat(answers.take(name("n"), body)).isInstanceOf(KeptAnswers.Yours.class);
    assertThat(answers.take(name("n"), body)).isInstanceOf(KeptAnswers.InWork.class);
    answers.giveUp(name("n"));
    assertThat(answers.take(name("n"), body)).isInstanceOf(KeptAnswers.Yours.class);
  }

  @Test
  void keepsNoMoreThanItsLimitAndTheNewest() throws Exception {
    KeptAnswers answers =
        KeptAnswers.open(
            folder.resolve("few"),
            new byte[32],
            now::get,
            new AnswerShares.Bounds(3 * AnswerShares.BLOCK, 1L << 20));
    for (int n = 0; n < 10; n++) {
      keep(answers, "n" + n);
      now.set(now.get().plusSeconds(1));
    }

    try (Stream<Path> files = Files.list(folder.resolve("few"))) {
      assertThat(files).hasSize(3);
    }
    KeptAnswers again =
        KeptAnswers.open(
            folder.resolve("few"),
            new byte[32],
            now::get,
            new AnswerShares.Bounds(3 * AnswerShares.BLOCK, 1L << 20));
    assertThat(again.take(name("n9"), new byte[] {1})).isInstanceOf(KeptAnswers.Before.class);
    assertThat(again.take(name("n6"), new byte[] {1})).isInstanceOf(KeptAnswers.Yours.class);
    keep(again, "n10");
    try (Stream<Path> files = Files.list(folder.resolve("few"))) {
      assertThat(files).hasSize(3);
    }
  }

  @Test
  void oneTokenPushesOutNobodyElsesAnswers() throws Exception {
    AnswerShares.Bounds bounds =
        new AnswerShares.Bounds(8 * AnswerShares.BLOCK, 10 * AnswerShares.BLOCK);
    KeptAnswers answers = KeptAnswers.open(folder.resolve("fair"), new byte[32], now::get, bounds);
    KeptAnswers.Key mine = new KeptAnswers.Key("mine", "mine 1");
    keep(answers, mine, "{}");
    now.set(now.get().plusSeconds(1));
    for (int n = 0; n < 50; n++) {
      keep(answers, new KeptAnswers.Key("theirs", "theirs " + n), "{}");
      now.set(now.get().plusSeconds(1));
    }
    for (int n = 0; n < 6; n++) {
      keep(answers, new KeptAnswers.Key("third", "third " + n), "{}");
    }

    for (KeptAnswers later :
        List.of(
            answers, KeptAnswers.open(folder.resolve("fair"), new byte[32], now::get, bounds))) {
      keep(later, new KeptAnswers.Key("theirs", "one more"), "{}");
      assertThat(later.take(mine, new byte[] {1})).isInstanceOf(KeptAnswers.Before.class);
    }
    try (Stream<Path> files = Files.list(folder.resolve("fair"))) {
      assertThat(files).hasSizeLessThanOrEqualTo(10);
    }
  }

  @Test
  void answersAreBoundedByTheirBytes() throws Exception {
    KeptAnswers answers =
        KeptAnswers.open(
            folder.resolve("large"),
            new byte[32],
            now::get,
            new AnswerShares.Bounds(100_000, 1L << 20));
    for (int n = 0; n < 8; n++) {
      keep(answers, name("n" + n), "x".repeat(40_000));
      now.set(now.get().plusSeconds(1));
    }

    try (Stream<Path> files = Files.list(folder.resolve("large"))) {
      assertThat(files).hasSize(2);
    }
    assertThat(answers.take(name("n7"), new byte[] {1})).isInstanceOf(KeptAnswers.Before.class);
    assertThat(answers.take(name("n5"), new byte[] {1})).isInstanceOf(KeptAnswers.Yours.class);
  }

  private static KeptAnswers.Key name(String name) {
    return new KeptAnswers.Key("owner", name);
  }

  private static void keep(KeptAnswers answers, String name) throws IOException {
    keep(answers, name(name), "{}");
  }

  private static void keep(KeptAnswers answers, KeptAnswers.Key key, String text)
      throws IOException {
    byte[] body = {1};
    answers.keep(
        key,
        new KeptAnswers.Answer(
            answers.request(body), 200, "application/json", text, answers.until(KeptAnswers.KEPT)));
  }

  private HttpResponse<String> deploy(String token, String key, String body)
      throws IOException, InterruptedException {
    return post(token, "/v1/functions", Optional.of(key), body);
  }

  private HttpResponse<String> post(String token, String path, Optional<String> key, String body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server.endpoint() + path))
            .header("Authorization", "Bearer " + token)
            .POST(HttpRequest.BodyPublishers.ofString(body));
    key.ifPresent(name -> request.header("Idempotency-Key", name));
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static ProblemView problem(HttpResponse<String> answer) throws IOException {
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    return Json.read(answer.body(), ProblemView.class);
  }
}
