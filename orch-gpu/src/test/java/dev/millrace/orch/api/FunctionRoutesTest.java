package dev.millrace.orch.api;

import static dev.millrace.orch.api.ServedDesk.ADMIN;
import static dev.millrace.orch.api.ServedDesk.PROVIDER;
import static dev.millrace.orch.api.ServedDesk.VIEWER;
import static dev.millrace.orch.api.ServedDesk.body;
import static dev.millrace.orch.api.ServedDesk.problem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.api.view.ProblemView;
import dev.millrace.orch.desk.FakeDesk;
import dev.millrace.orch.desk.FrontDesk;
import dev.millrace.orch.desk.Jobs;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Functions and their files on their way in. */
final class FunctionRoutesTest {
  private ServedDesk api;

  @BeforeEach
  void start() {
    api = new ServedDesk();
  }

  @AfterEach
  void stop() {
    api.close();
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
    HttpResponse<String> answer = api.send(api.with(ADMIN, "/v1/functions").POST(body(json)));

    assertThat(problem(answer).status()).isEqualTo(400);
    assertThat(api.desk.deployments).isEmpty();
  }

  @Test
  void refusesJsonAndFilesThatAreTooLarge() throws Exception {
    String fdl = "{\"fileName\":\"a\",\"fdl\":\"" + "x".repeat(2048) + "\"}";
    assertThat(problem(api.send(api.with(ADMIN, "/v1/functions").POST(body(fdl)))).status())
        .isEqualTo(413);
    HttpRequest.BodyPublisher unknownLength =
        HttpRequest.BodyPublishers.ofInputStream(
            () -> new java.io.ByteArrayInputStream(new byte[4097]));
    assertThat(problem(api.send(api.with(ADMIN, "/v1/files").POST(unknownLength))).status())
        .isEqualTo(413);
    assertThat(api.desk.files).isEmpty();
  }

  @Test
  void keepsAFileByItsDigest() throws Exception {
    HttpResponse<String> answer = api.send(api.with(ADMIN, "/v1/files").POST(body("hello")));

    assertThat(answer.statusCode()).isEqualTo(201);
    assertThat(answer.body())
        .contains("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824");
  }

  @Test
  void showsOneFunctionAsTheListDoesAndSaysWhenThereIsNone() throws Exception {
    api.desk.furnish(
        """
        functions:
          millrace:
            - name: align
              image: debian
              script: |
                cat
              input: [{path: queries/reads}]
              output: [{path: results}]
        """);

    String one = api.send(api.with(VIEWER, "/v1/functions/align").GET()).body();

    assertThat(api.send(api.with(VIEWER, "/v1/functions").GET()).body()).isEqualTo("[" + one + "]");
    assertThat(one).contains("\"name\":\"align\"");
    ProblemView none = problem(api.send(api.with(VIEWER, "/v1/functions/alig").GET()));
    assertThat(none.status()).isEqualTo(404);
    assertThat(none.detail()).isEqualTo("there is no function 'alig'");
    assertThat(problem(api.send(api.with(VIEWER, "/v1/functions/a%00b").GET())).status())
        .isEqualTo(400);
    assertThat(problem(api.send(api.with(PROVIDER, "/v1/functions/align").GET())).status())
        .isEqualTo(403);
  }

  @Test
  void listsTheProblemsOfWhatIsNotDeployable() throws Exception {
    api.desk.nextDeployment =
        new FrontDesk.Deployment.Rejected(List.of("a.yaml:1:2: what", "a.yaml:3:4: else"));

    HttpResponse<String> answer =
        api.send(
            api.with(ADMIN, "/v1/functions").POST(body("{\"fileName\":\"a.yaml\",\"fdl\":\"f\"}")));

    ProblemView problem = problem(answer);
    assertThat(problem.status()).isEqualTo(422);
    assertThat(problem.problems()).containsExactly("a.yaml:1:2: what", "a.yaml:3:4: else");
    assertThat(problem.detail()).isEqualTo("a.yaml has 2 problems; nothing was deployed");
  }

  @Test
  void saysThatAnotherChangeCameFirst() throws Exception {
    api.desk.nextDeployment = new FrontDesk.Deployment.Overtaken("revision 2 is there");

    ProblemView problem =
        problem(
            api.send(
                api.with(ADMIN, "/v1/functions")
                    .POST(body("{\"fileName\":\"a.yaml\",\"fdl\":\"f\"}"))));

    assertThat(problem.status()).isEqualTo(409);
    assertThat(problem.detail()).contains("another change came first", "revision 2 is there");
    assertThat(problem.next()).isEqualTo("deploy again");
  }

  @Test
  void handsADeploymentToTheDeskAsItCame() throws Exception {
    String json =
        "{\"fileName\":\"a.yaml\",\"fdl\":\"functions: \u00e4\",\"scripts\":{\"s.sh\":\"echo\"},"
            + "\"files\":{\"A.java\":\"00\"},\"backfill\":true}";

    assertThat(api.send(api.with(ADMIN, "/v1/functions").POST(body(json))).statusCode())
        .isEqualTo(200);

    assertThat(api.desk.deployments)
        .containsExactly(
            new FakeDesk.Deployed(
                Jobs.TENANT,
                "a.yaml",
                "functions: \u00e4",
                Map.of("s.sh", "echo"),
                Map.of("A.java", "00"),
                true));
  }
}
