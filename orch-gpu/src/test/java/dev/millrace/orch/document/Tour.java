package dev.millrace.orch.document;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.millrace.orch.api.ApiConfig;
import dev.millrace.orch.api.ApiServer;
import dev.millrace.orch.api.KeptAnswers;
import dev.millrace.orch.api.TokenBook;
import dev.millrace.orch.api.Tokens;
import dev.millrace.orch.desk.FakeDesk;
import dev.millrace.orch.desk.FrontDesk;
import dev.millrace.orch.desk.Jobs;
import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.retention.FakeRetention;
import dev.millrace.orch.retention.Rules;
import dev.millrace.orch.secret.OpenVault;
import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.fleet.AcceleratorKind;
import dev.millrace.schema.fleet.Enforcement;
import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.id.AcceleratorId;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.ledger.LedgerEntry;
import dev.millrace.schema.ledger.Money;
import dev.millrace.schema.object.ListedObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Asks a server with invented jobs for everything once: the answers are the same each time. */
public final class Tour implements AutoCloseable {
  private static final String TOKEN = "an-administrator's-token";

  private final FakeDesk desk = new FakeDesk();
  private final HttpClient http = HttpClient.newHttpClient();
  private final OpenVault vault;
  private final ApiServer server;
  private final List<Answers.Given> given = new ArrayList<>();
  private final Map<String, Set<String>> asked = new TreeMap<>();

  public Tour(Path folder) throws IOException {
    TokenBook book =
        TokenBook.open(folder.resolve("tokens.json"), () -> Jobs.NOW, new SplittableRandom(1));
    vault = OpenVault.in(folder, () -> Jobs.NOW);
    server =
        ApiServer.start(
            ApiConfig.loopback(0, "0.1.0"),
            desk,
            Tokens.admin(TOKEN, Jobs.TENANT).and(book::holder),
            new ApiServer.Mounted(
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Optional.of(vault.desk()),
                Optional.of(new FakeRetention(Rules.of("30d", "30d", "never"), Jobs.NOW)),
                new ApiServer.Kept(
                    Optional.of(book),
                    Optional.of(
                        KeptAnswers.open(folder.resolve("answers"), new byte[32], () -> Jobs.NOW)),
                    new SplittableRandom(2))));
    furnish();
  }

  private void furnish() {
    desk.furnish(
        """
        functions:
          millrace:
            - name: align
              image: debian
              script: |
                tr a-z A-Z < "$INPUT_FILE_PATH" > "$TMP_OUTPUT_DIR/out"
              secrets: {API_KEY: maps.key}
              trust: [far]
              input: [{path: queries/reads}]
              output: [{path: results}]
        """);
    desk.add(Jobs.full(1, "reads/a.fa"));
    desk.add(Jobs.view(2, JobState.WAITING, "reads/b.fa"));
    AttemptId attempt = new AttemptId(Jobs.id(1), 1);
    desk.orders.put(attempt, Jobs.ORDER);
    desk.logs.put(attempt, "aligned 3 of 3\n".getBytes(StandardCharsets.UTF_8));
    desk.objects.put(
        "queries",
        List.of(new ListedObject("reads/a.fa", "d41d8cd98f00b204e9800998ecf8427e", 0, Jobs.NOW)));
    desk.store = URI.create("http://127.0.0.1:9000/");
    desk.ledger.append(
        List.of(
            new LedgerEntry(
                attempt,
                new LedgerEntry.Unattested("no receipt came"),
                Jobs.NOW,
                Jobs.NOW,
                new Money(1, "EUR"),
                new Money(1_500_000, "EUR"))));
    desk.devices.add(
        new FrontDesk.DeviceReport(
            new Accelerator(
                new AcceleratorId("host-1/gpu-0"),
                new ProviderId("host-1"),
                new PoolId("default"),
                AcceleratorKind.GPU,
                "NVIDIA H100 PCIe",
                "GPU-0",
                new MemoryMib(81_559),
                114,
                Enforcement.COOPERATIVE,
                false),
            true,
            null,
            new MemoryMib(8_000),
            10,
            List.of(new FrontDesk.Holder(attempt, new MemoryMib(8_000), 10, false))));
  }

  /** All answers, good ones first. */
  public List<Answers.Given> answers() throws IOException, InterruptedException {
    String job = Jobs.id(1).value();
    get("/v1/health", "/v1/health");
    post("/v1/files", "/v1/files", "print(1)");
    post("/v1/functions", "/v1/functions", "{\"fileName\":\"a.yaml\",\"fdl\":\"functions: {}\"}");
    get("/v1/functions", "/v1/functions");
    get("/v1/functions/{name}", "/v1/functions/align");
    get("/v1/functions/{name}", "/v1/functions/none");
    String object = "{\"bucket\":\"queries\",\"key\":\"reads/a.fa\"}";
    post("/v1/uploads", "/v1/uploads", object);
    post(
        "/v1/uploads",
        "/v1/uploads",
        "{\"bucket\":\"queries\",\"key\":\"reads/a.fa\",\"step\":{\"step\":\"begin\"}}");
    post("/v1/downloads", "/v1/downloads", object);
    get("/v1/buckets", "/v1/buckets");
    get("/v1/objects", "/v1/objects?bucket=queries&prefix=reads/");
    get("/v1/objects", "/v1/objects?bucket=none");
    get("/v1/explain", "/v1/explain?object=s3://queries/reads/a.fa");
    get("/v1/devices", "/v1/devices");
    get("/v1/jobs", "/v1/jobs?max=2");
    get("/v1/jobs/counts", "/v1/jobs/counts");
    get("/v1/jobs/{id}", "/v1/jobs/" + job);
    get("/v1/jobs/{id}/attempts/{number}/order", "/v1/jobs/" + job + "/attempts/1/order");
    get("/v1/jobs/{id}/attempts/{number}/log", "/v1/jobs/" + job + "/attempts/1/log");
    for (String wish : List.of("cancel", "redrive", "discard")) {
      post("/v1/jobs/{id}/" + wish, "/v1/jobs/" + job + "/" + wish, "");
    }
    events();
    get("/v1/ledger/entries", "/v1/ledger/entries?max=1");
    get("/v1/ledger/checkpoint", "/v1/ledger/checkpoint");
    get("/v1/ledger/key", "/v1/ledger/key");
    post("/v1/ledger/verify", "/v1/ledger/verify", "{}");
    get("/v1/ledger/proofs/{index}", "/v1/ledger/proofs/0");
    post("/v1/tokens", "/v1/tokens", "{\"name\":\"dashboard\",\"role\":\"viewer\"}");
    get("/v1/tokens", "/v1/tokens");
    send(
        "/v1/secrets/{secret}",
        request("/v1/secrets/maps.key")
            .PUT(HttpRequest.BodyPublishers.ofString("{\"value\":\"a key\"}")));
    get("/v1/secrets", "/v1/secrets");
    post("/v1/secrets/rekey", "/v1/secrets/rekey", "");
    send("/v1/secrets/{secret}", request("/v1/secrets/none").DELETE());
    get("/v1/retention", "/v1/retention?jobs=365d");
    post("/v1/retention/run", "/v1/retention/run", "");
    problems();
    return given;
  }

  /** The names in the queries that were asked with, by route. */
  public Map<String, Set<String>> asked() {
    return Collections.unmodifiableMap(asked);
  }

  /** A stream has no end: what is read of it is one event. */
  private void events() throws IOException, InterruptedException {
    HttpResponse<InputStream> answer =
        http.send(request("/v1/events").GET().build(), HttpResponse.BodyHandlers.ofInputStream());
    StringBuilder event = new StringBuilder();
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
      desk.happen(Jobs.event(1, JobState.SUCCEEDED, "reads/a.fa"));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.isEmpty() && event.indexOf("data:") >= 0) {
          break;
        }
        if (!line.startsWith(":") && !line.isEmpty()) {
          event.append(line).append('\n');
        }
      }
    }
    given.add(
        new Answers.Given(
            "get",
            "/v1/events",
            answer.statusCode(),
            answer.headers().firstValue("Content-Type").orElse("").split(";", 2)[0],
            new TextNode(event.append('\n').toString())));
  }

  private void problems() throws IOException, InterruptedException {
    desk.nextDeployment = new FrontDesk.Deployment.Rejected(List.of("a.yaml:1:1: error: empty"));
    post("/v1/functions", "/v1/functions", "{\"fileName\":\"a.yaml\",\"fdl\":\"\"}");
    post("/v1/functions", "/v1/functions", "{\"fileNam\":\"a.yaml\"}");
    get("/v1/jobs", "/v1/jobs?cursor=none");
    get("/v1/jobs/{id}", "/v1/jobs/none");
    get("/v1/jobs/{id}", "/v1/jobs/01k9");
    post("/v1/tokens", "/v1/tokens", "{\"name\":\"x\",\"role\":\"king\"}");
    HttpRequest.Builder stranger =
        HttpRequest.newBuilder(URI.create(server.endpoint() + "/v1/devices"));
    send("/v1/devices", stranger.GET());
  }

  private void get(String route, String path) throws IOException, InterruptedException {
    send(route, request(path).GET());
  }

  private void post(String route, String path, String body)
      throws IOException, InterruptedException {
    send(route, request(path).POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(server.endpoint() + path))
        .header("Authorization", "Bearer " + TOKEN);
  }

  private void send(String route, HttpRequest.Builder asking)
      throws IOException, InterruptedException {
    HttpRequest request = asking.build();
    Set<String> names =
        asked.computeIfAbsent(request.method() + " " + route, any -> new TreeSet<>());
    Pattern.compile("[?&]([^=&]+)=")
        .matcher(request.uri().toString())
        .results()
        .forEach(name -> names.add(name.group(1)));
    HttpResponse<byte[]> answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    String type = answer.headers().firstValue("Content-Type").orElse("").split(";", 2)[0];
    JsonNode body =
        type.endsWith("json")
            ? Json.tree(answer.body())
            : new TextNode(new String(answer.body(), StandardCharsets.UTF_8));
    given.add(
        new Answers.Given(
            request.method().toLowerCase(Locale.ROOT), route, answer.statusCode(), type, body));
  }

  @Override
  public void close() {
    server.close();
    vault.close();
    http.close();
  }
}
