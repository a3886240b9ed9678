package dev.millrace.orch.api;

import static dev.millrace.orch.api.ServedDesk.ADMIN;
import static dev.millrace.orch.api.ServedDesk.body;
import static dev.millrace.orch.api.ServedDesk.problem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.api.view.ProblemView;
import dev.millrace.schema.json.Json;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Routes and queries that are none, the ledger, and what others mount. */
final class ApiServerTest {
  private ServedDesk api;

  @BeforeEach
  void start() {
    api = new ServedDesk();
  }

  @AfterEach
  void stop() {
    api.close();
  }

  @Test
  void answersUnknownRoutesAndMethodsWithAProblem() throws Exception {
    assertThat(problem(api.send(api.with(ADMIN, "/v1/nothing").GET())).status()).isEqualTo(404);
    assertThat(problem(api.send(api.with(ADMIN, "/v1/runs/steal").POST(body("")))).status())
        .isEqualTo(404);
    assertThat(problem(api.send(api.with(ADMIN, "/v1/devices").DELETE())).status()).isEqualTo(405);
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
    assertThat(problem(api.send(api.with(ADMIN, path).GET())).status()).isEqualTo(400);
  }

  @Test
  void tellsHowFarAVerificationIsAndThenWhatItFound() throws Exception {
    HttpResponse<String> answer =
        api.send(api.with(ADMIN, "/v1/ledger/verify?progress=true").POST(body("{}")));

    assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/x-ndjson");
    List<String> lines = answer.body().lines().toList();
    assertThat(lines.getFirst()).contains("\"done\":0").contains("\"found\":null");
    assertThat(lines.getLast()).contains("\"sound\":true");
    assertThat(lines).hasSizeGreaterThan(1);
  }

  @Test
  void verifiesTheLedgerAgainstANoteThatWasKept() throws Exception {
    String json = Json.text(Map.of("checkpoint", api.desk.ledger.checkpoint().note()));

    assertThat(api.send(api.with(ADMIN, "/v1/ledger/verify").POST(body(json))).body())
        .contains("\"sound\":true");
    assertThat(
            api.send(api.with(ADMIN, "/v1/ledger/verify").POST(body("{\"checkpoint\":null}")))
                .body())
        .contains("\"sound\":true");
    String nonsense = Json.text(Map.of("checkpoint", "a\nb\nc\n\n"));
    assertThat(
            problem(api.send(api.with(ADMIN, "/v1/ledger/verify").POST(body(nonsense)))).status())
        .isEqualTo(400);

    assertThat(api.desk.ledger.verified)
        .containsExactly(Optional.of(api.desk.ledger.checkpoint()), Optional.empty());
  }

  @Test
  void servesRoutesThatOthersMount() throws Exception {
    HttpResponse<String> answer =
        api.send(api.request("/v1/hooks/minio").header("X-Secret", "s").POST(body("{}")));

    assertThat(answer.statusCode()).isEqualTo(202);
    assertThat(answer.body()).isEqualTo("minio/s");
  }

  @Test
  void hidesWhatBrokeInside() throws Exception {
    api.desk.devices.add(null);

    ProblemView problem = problem(api.send(api.with(ADMIN, "/v1/devices").GET()));

    assertThat(problem.status()).isEqualTo(500);
    assertThat(problem.detail()).doesNotContain("dev.millrace");
  }
}
