package dev.millrace.orch.api;

import static dev.millrace.orch.api.ServedDesk.ADMIN;
import static dev.millrace.orch.api.ServedDesk.PROVIDER;
import static dev.millrace.orch.api.ServedDesk.VIEWER;
import static dev.millrace.orch.api.ServedDesk.body;
import static dev.millrace.orch.api.ServedDesk.problem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.api.view.ProblemView;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may ask for what. */
final class AccessTest {
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
  void tellsItsHealthToAnyone() throws Exception {
    HttpResponse<String> answer = api.send(api.request("/v1/health").GET());

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
        "/v1/ledger/key",
        "/v1/ledger/proofs/0",
        "/v1/events",
        "/v1/jobs/01k9/attempts/1/log",
        "/v1/jobs/01k9/attempts/1/order"
      })
  void tellsNothingElseWithoutAToken(String path) throws Exception {
    HttpResponse<String> answer = api.send(api.request(path).GET());

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
    HttpResponse<String> answer =
        api.send(api.request("/v1/jobs").header("Authorization", header).GET());

    assertThat(problem(answer).status()).isEqualTo(401);
  }

  @Test
  void acceptsTheSchemeInAnyCase() throws Exception {
    HttpResponse<String> answer =
        api.send(api.request("/v1/jobs").header("Authorization", "bearer " + ADMIN).GET());

    assertThat(answer.statusCode()).isEqualTo(200);
  }

  @Test
  void letsAViewerReadButNotChange() throws Exception {
    assertThat(api.send(api.with(VIEWER, "/v1/jobs").GET()).statusCode()).isEqualTo(200);

    HttpResponse<String> refused = api.send(api.with(VIEWER, "/v1/functions/align").DELETE());
    assertThat(problem(refused).status()).isEqualTo(403);
  }

  @Test
  void letsAProviderSpeakForRunsAndNothingElse() throws Exception {
    assertThat(api.send(api.with(PROVIDER, "/v1/runs/claim").POST(body("x"))).body())
        .isEqualTo("claim:x");
    assertThat(api.send(api.with(PROVIDER, "/v1/jobs").GET()).statusCode()).isEqualTo(403);
    assertThat(api.send(api.with(VIEWER, "/v1/runs/claim").POST(body("x"))).statusCode())
        .isEqualTo(403);
  }

  @Test
  void makesATokenOnceThatItsOwnerAloneCanRead(@TempDir Path data) throws Exception {
    String token = TokenFile.readOrMake(data, new SplittableRandom(7));

    assertThat(token).hasSizeGreaterThan(40);
    assertThat(TokenFile.readOrMake(data, new SplittableRandom(8))).isEqualTo(token);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("token"))))
        .isEqualTo("rw-------");
  }
}
