package dev.millrace.orch.api;

import static dev.millrace.orch.api.ServedDesk.ADMIN;
import static dev.millrace.orch.api.ServedDesk.body;
import static dev.millrace.orch.api.ServedDesk.problem;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.orch.api.view.ProblemView;
import dev.millrace.orch.desk.Jobs;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.object.ListedObject;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Objects explained, and uploads whole and in parts. */
final class ObjectRoutesTest {
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
  void explainsAnObjectByItsRawKey() throws Exception {
    String story =
        api.send(
                api.with(
                        ADMIN,
                        "/v1/explain?object=s3%3A%2F%2Fb%2Fa%2F%2F..%2F%2525%20%2B&store=minio.x")
                    .GET())
            .body();

    assertThat(Json.tree(story.getBytes()).at("/object/key").asText()).isEqualTo("a//../%25 +");
    assertThat(story).contains("store minio.x");
  }

  @Test
  void refusesUploadsThatTheDeskRefuses() throws Exception {
    String json = "{\"store\":null,\"bucket\":\"b\",\"key\":\".millrace/x\"}";

    ProblemView problem = problem(api.send(api.with(ADMIN, "/v1/uploads").POST(body(json))));

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
      assertThat(api.send(api.with(ADMIN, "/v1/uploads").POST(body(upload(step)))).statusCode())
          .as(step)
          .isEqualTo(200);
    }
  }

  @Test
  void pagesThroughObjectsByTheLinkOrByNextWhichFitNoOtherList() throws Exception {
    List<ListedObject> all =
        Stream.of("a", "b/ö", "b/&?#", "c", "d")
            .sorted()
            .map(key -> new ListedObject(key, "d41d8cd98f00b204e9800998ecf8427e", 0, Jobs.NOW))
            .toList();
    api.desk.objects.put("queries", all);
    List<String> seen = new ArrayList<>();
    String path = "/v1/objects?bucket=queries&max=2";
    String first = "";
    while (!path.isEmpty()) {
      HttpResponse<String> answer = api.send(api.with(ADMIN, path).GET());
      JsonNode page = Json.tree(answer.body().getBytes(StandardCharsets.UTF_8));
      page.get("objects").forEach(row -> seen.add(row.get("key").asText()));
      String link = answer.headers().firstValue("Link").orElse("");
      assertThat(link.isEmpty()).isEqualTo(page.get("next").isNull());
      path = link.isEmpty() ? "" : link.substring(1, link.indexOf('>'));
      assertThat(path).endsWith(link.isEmpty() ? "" : "cursor=" + page.get("next").asText());
      first = first.isEmpty() ? page.get("next").asText() : first;
    }

    assertThat(seen).containsExactlyElementsOf(all.stream().map(ListedObject::key).toList());
    assertThat(first).matches("[A-Za-z0-9_-]+");
    for (String other :
        List.of(
            "bucket=others&cursor=" + first,
            "bucket=queries&prefix=a&cursor=" + first,
            "bucket=queries&delimiter=/&cursor=" + first,
            "bucket=queries&store=s3.else&cursor=" + first,
            "bucket=queries&cursor=" + first.substring(1),
            "bucket=queries&cursor=b")) {
      HttpResponse<String> answer = api.send(api.with(ADMIN, "/v1/objects?" + other).GET());
      assertThat(problem(answer).title()).as(other).isEqualTo("Bad cursor");
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
          problem(api.send(api.with(ADMIN, "/v1/uploads").POST(body(upload(one.getKey())))));
      assertThat(problem.status()).as(one.getKey()).isEqualTo(400);
      assertThat(problem.detail()).contains(one.getValue());
    }
  }

  private static String upload(String step) {
    return "{\"bucket\":\"b\",\"key\":\"k\",\"step\":" + step + "}";
  }
}
