package dev.millrace.orch.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.api.view.ProblemView;
import dev.millrace.orch.desk.FakeDesk;
import dev.millrace.orch.desk.FrontDesk;
import dev.millrace.orch.desk.Jobs;
import dev.millrace.orch.journal.JobState;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.ledger.LedgerEntry;
import dev.millrace.schema.ledger.Money;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ApiServerTest {
  private static final String ADMIN = "an-administrator's-token";
  private static final String VIEWER = "a-viewer's-token";
  private static final String PROVIDER = "a-provider's-token";

  private final FakeDesk desk = new FakeDesk();
  private final HttpClient http = HttpClient.newHttpClient();
  private ApiServer server;

  @BeforeEach
  void start() {
    Tokens tokens =
        Tokens.of(
            Map.of(
                ADMIN, new Tokens.Principal(Jobs.TENANT, Role.ADMIN),
                VIEWER, new Tokens.Principal(Jobs.TENANT, Role.VIEWER),
                PROVIDER, new Tokens.Principal(Jobs.TENANT, Role.PROVIDER)));
    ApiConfig config =
        new ApiConfig("127.0.0.1", 0, 2048, 4096, 16, Duration.ofSeconds(1), "1.2.3");
    RunRoutes runs =
        (who, operation, body) -> (operation + ":" + text(body)).getBytes(StandardCharsets.UTF_8);
    ExtraRoute hook =
        new ExtraRoute(
            "POST",
            "/v1/hooks/{source}",
            true,
            request ->
                new ExtraRoute.Answer(
                    202,
                    "text/plain",
                    (request.path().get("source") + "/" + request.headers().get("x-secret"))
                        .getBytes(StandardCharsets.UTF_8)));
    server =
        ApiServer.start(
            config, desk, tokens, new ApiServer.Mounted(Optional.of(runs), List.of(hook)));
  }

  @AfterEach
  void stop() {
    server.close();
    http.close();
  }

  @Test
  void tellsItsHealthToAnyone() throws Exception {
    HttpResponse<String> answer = send(request("/v1/health").GET());

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("{\"version\":\"1.2.3\",\"ready\":true}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/functions",
        "/v1/jobs",
        "/v1/jobs/counts",
        "/v1/jobs/01k9",
        "/v1/devices",
        "/v1/explain?object=s3://a/b",
        "/v1/ledger/entries",
        "/v1/ledger/checkpoint",
        "/v1/ledger/proofs/0",
        "/v1/events",
        "/v1/jobs/01k9/attempts/1/log",
        "/v1/jobs/01k9/attempts/1/order"
      })
  void tellsNothingElseWithoutAToken(String path) throws Exception {
    HttpResponse<String> answer = send(request(path).GET());

    ProblemView problem = problem(answer);
    assertThat(problem.status()).isEqualTo(401);
    assertThat(answer.headers().firstValue("WWW-Authenticate"))
        .hasValueSatisfying(challenge -> assertThat(challenge).startsWith("Bearer"));
    assertThat(problem.next()).contains("Authorization: Bearer");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Bearer", "Bearer ", "Bearer wrong", "Basic YTpi", "an-administrator's-token"})
  void refusesWrongCredentials(String header) throws Exception {
    HttpResponse<String> answer = send(request("/v1/jobs").header("Authorization", header).GET());

    assertThat(problem(answer).status()).isEqualTo(401);
  }

  @Test
  void acceptsTheSchemeInAnyCase() throws Exception {
    HttpResponse<String> answer =
        send(request("/v1/jobs").header("Authorization", "bearer " + ADMIN).GET());

    assertThat(answer.statusCode()).isEqualTo(200);
  }

  @Test
  void letsAViewerReadButNotChange() throws Exception {
    assertThat(send(with(VIEWER, "/v1/jobs").GET()).statusCode()).isEqualTo(200);

    HttpResponse<String> refused = send(with(VIEWER, "/v1/functions/align").DELETE());
    assertThat(problem(refused).status()).isEqualTo(403);
  }

  @Test
  void letsAProviderSpeakForRunsAndNothingElse() throws Exception {
    assertThat(send(with(PROVIDER, "/v1/runs/claim").POST(body("x"))).body()).isEqualTo("claim:x");
    assertThat(send(with(PROVIDER, "/v1/jobs").GET()).statusCode()).isEqualTo(403);
    assertThat(send(with(VIEWER, "/v1/runs/claim").POST(body("x"))).statusCode()).isEqualTo(403);
  }

  @Test
  void answersUnknownRoutesAndMethodsWithAProblem() throws Exception {
    assertThat(problem(send(with(ADMIN, "/v1/nothing").GET())).status()).isEqualTo(404);
    assertThat(problem(send(with(ADMIN, "/v1/runs/steal").POST(body("")))).status()).isEqualTo(404);
    assertThat(problem(send(with(ADMIN, "/v1/devices").DELETE())).status()).isEqualTo(405);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "null",
        "{\"fileName\":\"a\"}",
        "{\"fileName\":[],\"fdl\":\"\"}",
        "{\"fileName\":\"a\",\"fileName\":\"b\",\"fdl\":\"\"}",
        "{\"fileName\":\"a\",\"fdl\":\"\"} trailing",
        "\u0000"
      })
  void refusesWhatIsNotTheJsonThatItAsksFor(String json) throws Exception {
    HttpResponse<String> answer = send(with(ADMIN, "/v1/functions").POST(body(json)));

    assertThat(problem(answer).status()).isEqualTo(400);
    assertThat(desk.deployments).isEmpty();
  }

  @Test
  void refusesJsonAndFilesThatAreTooLarge() throws Exception {
    String fdl = "{\"fileName\":\"a\",\"fdl\":\"" + "x".repeat(2048) + "\"}";
    assertThat(problem(send(with(ADMIN, "/v1/functions").POST(body(fdl)))).status()).isEqualTo(413);
    HttpRequest.BodyPublisher unknownLength =
        HttpRequest.BodyPublishers.ofInputStream(
            () -> new java.io.ByteArrayInputStream(new byte[4097]));
    assertThat(problem(send(with(ADMIN, "/v1/files").POST(unknownLength))).status()).isEqualTo(413);
    assertThat(desk.files).isEmpty();
  }

  @Test
  void keepsAFileByItsDigest() throws Exception {
    HttpResponse<String> answer = send(with(ADMIN, "/v1/files").POST(body("hello")));

    assertThat(answer.statusCode()).isEqualTo(201);
    assertThat(answer.body())
        .contains("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
  }

  @Test
  void listsTheProblemsOfWhatIsNotDeployable() throws Exception {
    desk.nextDeployment =
        new FrontDesk.Deployment.Rejected(List.of("a.yaml:1:2: what", "a.yaml:3:4: else"));

    HttpResponse<String> answer =
        send(with(ADMIN, "/v1/functions").POST(body("{\"fileName\":\"a.yaml\",\"fdl\":\"f\"}")));

    ProblemView problem = problem(answer);
    assertThat(problem.status()).isEqualTo(422);
    assertThat(problem.problems()).containsExactly("a.yaml:1:2: what", "a.yaml:3:4: else");
    assertThat(problem.detail()).isEqualTo("a.yaml has 2 problems; nothing was deployed");
  }

  @Test
  void handsADeploymentToTheDeskAsItCame() throws Exception {
    String json =
        "{\"fileName\":\"a.yaml\",\"fdl\":\"functions: \u00e4\",\"scripts\":{\"s.sh\":\"echo\"},"
            + "\"files\":{\"A.java\":\"00\"},\"backfill\":true}";

    assertThat(send(with(ADMIN, "/v1/functions").POST(body(json))).statusCode()).isEqualTo(200);

    assertThat(desk.deployments)
        .containsExactly(
            new FakeDesk.Deployed(
                Jobs.TENANT,
                "a.yaml",
                "functions: \u00e4",
                Map.of("s.sh", "echo"),
                Map.of("A.java", "00"),
                true));
  }

  @Test
  void pagesThroughJobsWithoutLosingOrRepeatingOne() throws Exception {
    for (int n = 0; n < 25; n++) {
      desk.add(Jobs.view(n, n % 2 == 0 ? JobState.SUCCEEDED : JobState.DEAD, "k" + n));
    }
    java.util.ArrayList<String> seen = new java.util.ArrayList<>();
    String before = "";
    while (true) {
      var page = Json.tree(send(with(ADMIN, "/v1/jobs?max=10" + before).GET()).body().getBytes());
      page.get("jobs").forEach(job -> seen.add(job.get("id").asText()));
      if (page.get("next").isNull()) {
        break;
      }
      before = "&cursor=" + page.get("next").asText();
    }

    assertThat(seen)
        .hasSize(25)
        .doesNotHaveDuplicates()
        .isSortedAccordingTo(java.util.Comparator.reverseOrder());
  }

  @Test
  void filtersJobsByStateAndFunction() throws Exception {
    desk.add(Jobs.view(1, JobState.INPUT_GONE, "a"));
    desk.add(Jobs.view(2, JobState.DEAD, "b"));
    desk.add(Jobs.view(3, JobState.SUCCEEDED, "c"));

    String some = send(with(ADMIN, "/v1/jobs?state=input-gone,dead&function=align").GET()).body();
    String none = send(with(ADMIN, "/v1/jobs?function=other").GET()).body();

    assertThat(some).contains(Jobs.id(1).value(), Jobs.id(2).value());
    assertThat(some).doesNotContain(Jobs.id(3).value());
    assertThat(none).isEqualTo("{\"jobs\":[],\"next\":null}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/jobs?max=0",
        "/v1/jobs?max=1001",
        "/v1/jobs?max=x",
        "/v1/jobs?state=sleeping",
        "/v1/jobs?before=nonsense",
        "/v1/jobs?function=a%20b",
        "/v1/ledger/entries?from=-1",
        "/v1/ledger/proofs/x",
        "/v1/explain",
        "/v1/explain?object=bucket/key",
        "/v1/explain?object=s3://",
        "/v1/explain?object=s3:///k",
        "/v1/explain?object=s3://b/",
        "/v1/explain?object=s3://b/k&store=NO%20STORE"
      })
  void refusesQueriesThatMakeNoSense(String path) throws Exception {
    assertThat(problem(send(with(ADMIN, path).GET())).status()).isEqualTo(400);
  }

  @Test
  void findsAJobByAUniqueBeginningOfItsId() throws Exception {
    desk.add(Jobs.view(1, JobState.DEAD, "a"));
    desk.add(Jobs.view(20, JobState.DEAD, "b"));
    String one = Jobs.id(20).value().substring(0, 25);

    assertThat(send(with(ADMIN, "/v1/jobs/" + one).GET()).body()).contains(Jobs.id(20).value());
    ProblemView two = problem(send(with(ADMIN, "/v1/jobs/01k9xw4t7d").GET()));
    assertThat(two.status()).isEqualTo(409);
    assertThat(two.detail()).contains(Jobs.id(1).value(), Jobs.id(20).value());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"01k9xw4t7d0000000000000099", "7zzz", "nope!", "..%2f..", "U", "01K9XW4T7D"})
  void saysWhenThereIsNoSuchJob(String id) throws Exception {
    desk.add(Jobs.view(1, JobState.DEAD, "a"));

    assertThat(problem(send(with(ADMIN, "/v1/jobs/" + id).GET())).status()).isIn(404, 400);
  }

  @Test
  void showsAJobInFullWithItsLedgerEntries() throws Exception {
    desk.add(Jobs.full(1, "a.fa"));
    desk.ledger.append(
        List.of(
            new LedgerEntry(
                new AttemptId(Jobs.id(1), 1),
                new LedgerEntry.Unattested("no receipt came"),
                Jobs.NOW,
                Jobs.NOW,
                new Money(1, "EUR"),
                new Money(Long.MAX_VALUE, "EUR"))));

    var job = Json.tree(send(with(ADMIN, "/v1/jobs/" + Jobs.id(1)).GET()).body().getBytes());

    assertThat(job.at("/job/state").asText()).isEqualTo("dead");
    assertThat(job.at("/attempts/0/exitCode").asInt()).isEqualTo(137);
    assertThat(job.at("/ledger/0/billed/nanos").asText()).isEqualTo("9223372036854775807");
    assertThat(job.at("/ledger/0/billed/nanos").isTextual()).isTrue();
    assertThat(job.at("/attempts/0").has("order")).isFalse();
  }

  @Test
  void givesOrdersAndLogsAsTheyAre() throws Exception {
    desk.add(Jobs.full(1, "a.fa"));
    desk.orders.put(new AttemptId(Jobs.id(1), 1), Jobs.ORDER);
    desk.logs.put(new AttemptId(Jobs.id(1), 1), "line\r\n\u00e4".getBytes(StandardCharsets.UTF_8));
    String attempt = "/v1/jobs/" + Jobs.id(1) + "/attempts/1";

    assertThat(send(with(ADMIN, attempt + "/order").GET()).body())
        .isEqualTo(Jobs.ORDER.line() + "\n");
    assertThat(send(with(ADMIN, attempt + "/log").GET()).body()).isEqualTo("line\r\n\u00e4");
    assertThat(send(with(VIEWER, attempt + "/order").GET()).statusCode()).isEqualTo(403);
    String other = "/v1/jobs/" + Jobs.id(1) + "/attempts/";
    assertThat(problem(send(with(ADMIN, other + "2/log").GET())).status()).isEqualTo(404);
    assertThat(problem(send(with(ADMIN, other + "0/log").GET())).status()).isEqualTo(400);
  }

  @ParameterizedTest
  @CsvSource({"cancel", "redrive", "discard"})
  void passesWishesOn(String wish) throws Exception {
    desk.add(Jobs.view(1, JobState.DEAD, "a"));
    String path = "/v1/jobs/" + Jobs.id(1) + "/" + wish;

    assertThat(send(with(ADMIN, path).POST(body(""))).statusCode()).isEqualTo(200);
    desk.nextAnswer = new FrontDesk.Answer.No("it has ended");
    ProblemView no = problem(send(with(ADMIN, path).POST(body(""))));

    assertThat(desk.wishes).containsExactly(wish + " " + Jobs.id(1), wish + " " + Jobs.id(1));
    assertThat(no.status()).isEqualTo(409);
    assertThat(no.detail()).isEqualTo("it has ended");
  }

  @Test
  void explainsAnObjectByItsRawKey() throws Exception {
    String story =
        send(with(ADMIN, "/v1/explain?object=s3%3A%2F%2Fb%2Fa%2F%2F..%2F%2525%20%2B&store=minio.x")
                .GET())
            .body();

    assertThat(Json.tree(story.getBytes()).at("/object/key").asText()).isEqualTo("a//../%25 +");
    assertThat(story).contains("store minio.x");
  }

  @Test
  void refusesUploadsThatTheDeskRefuses() throws Exception {
    String json = "{\"store\":null,\"bucket\":\"b\",\"key\":\".millrace/x\"}";

    ProblemView problem = problem(send(with(ADMIN, "/v1/uploads").POST(body(json))));

    assertThat(problem.status()).isEqualTo(400);
    assertThat(problem.detail()).contains("Millrace's own");
  }

  @Test
  void givesAUrlForEachStepOfAnUploadInParts() throws Exception {
    for (String step :
        List.of(
            "{\"step\":\"begin\"}",
            "{\"step\":\"part\",\"upload\":\"u\",\"number\":10000}",
            "{\"step\":\"complete\",\"upload\":\"u\"}",
            "{\"step\":\"abort\",\"upload\":\"u\",\"number\":null}")) {
      assertThat(send(with(ADMIN, "/v1/uploads").POST(body(upload(step)))).statusCode())
          .as(step)
          .isEqualTo(200);
    }
  }

  @Test
  void refusesStepsThatAreNone() throws Exception {
    Map<String, String> wrong =
        Map.of(
            "{\"step\":\"BEGIN\"}", "step must be begin, part, complete or abort",
            "{\"step\":\"begin\",\"upload\":\"u\"}", "a begin names no upload",
            "{\"step\":\"part\",\"upload\":\"u\"}", "needs its number",
            "{\"step\":\"part\",\"number\":1}", "names its upload",
            "{\"step\":\"part\",\"upload\":\"u\",\"number\":10001}", "1 to 10000",
            "{\"step\":\"part\",\"upload\":\"\",\"number\":1}", "1 to 1,024 characters",
            "{\"step\":\"complete\"}", "names its upload",
            "{\"step\":\"abort\",\"upload\":\"u\",\"number\":3}", "has no number",
            "{\"upload\":\"u\"}", "step",
            "3", "");
    for (Map.Entry<String, String> one : wrong.entrySet()) {
      ProblemView problem =
          problem(send(with(ADMIN, "/v1/uploads").POST(body(upload(one.getKey())))));
      assertThat(problem.status()).as(one.getKey()).isEqualTo(400);
      assertThat(problem.detail()).contains(one.getValue());
    }
  }

  private static String upload(String step) {
    return "{\"bucket\":\"b\",\"key\":\"k\",\"step\":" + step + "}";
  }

  @Test
  void verifiesTheLedgerAgainstANoteThatWasKept() throws Exception {
    String json = Json.text(Map.of("checkpoint", desk.ledger.checkpoint().note()));

    assertThat(send(with(ADMIN, "/v1/ledger/verify").POST(body(json))).body())
        .contains("\"sound\":true");
    assertThat(send(with(ADMIN, "/v1/ledger/verify").POST(body("{\"checkpoint\":null}"))).body())
        .contains("\"sound\":true");
    String nonsense = Json.text(Map.of("checkpoint", "a\nb\nc\n\n"));
    assertThat(problem(send(with(ADMIN, "/v1/ledger/verify").POST(body(nonsense)))).status())
        .isEqualTo(400);

    assertThat(desk.ledger.verified)
        .containsExactly(Optional.of(desk.ledger.checkpoint()), Optional.empty());
  }

  @Test
  void servesRoutesThatOthersMount() throws Exception {
    HttpResponse<String> answer =
        send(request("/v1/hooks/minio").header("X-Secret", "s").POST(body("{}")));

    assertThat(answer.statusCode()).isEqualTo(202);
    assertThat(answer.body()).isEqualTo("minio/s");
  }

  @Test
  void hidesWhatBrokeInside() throws Exception {
    desk.devices.add(null);

    ProblemView problem = problem(send(with(ADMIN, "/v1/devices").GET()));

    assertThat(problem.status()).isEqualTo(500);
    assertThat(problem.detail()).doesNotContain("dev.millrace");
  }

  @Test
  void makesATokenOnceThatItsOwnerAloneCanRead(@TempDir Path data) throws Exception {
    String token = TokenFile.readOrMake(data, new SplittableRandom(7));

    assertThat(token).hasSizeGreaterThan(40);
    assertThat(TokenFile.readOrMake(data, new SplittableRandom(8))).isEqualTo(token);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("token"))))
        .isEqualTo("rw-------");
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(server.endpoint() + path));
  }

  private HttpRequest.Builder with(String token, String path) {
    return request(path).header("Authorization", "Bearer " + token);
  }

  private static HttpRequest.BodyPublisher body(String text) {
    return HttpRequest.BodyPublishers.ofString(text);
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static ProblemView problem(HttpResponse<String> answer) throws IOException {
    assertThat(answer.headers().firstValue("Content-Type"))
        .as(answer.body())
        .hasValue("application/problem+json");
    ProblemView problem = Json.read(answer.body(), ProblemView.class);
    assertThat(problem.status()).isEqualTo(answer.statusCode());
    return problem;
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
