package dev.millrace.orch.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.millrace.orch.api.view.EventView;
import dev.millrace.orch.client.ApiFailure;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.orch.client.EventStream;
import dev.millrace.orch.desk.FakeDesk;
import dev.millrace.orch.desk.Jobs;
import dev.millrace.orch.journal.JobState;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EventFeedTest {
  private static final String TOKEN = "an-administrator's-token";

  private static final String GUEST = "a-guest's-token";

  private final AtomicReference<Tokens.@Nullable Principal> guest =
      new AtomicReference<>(new Tokens.Principal(Jobs.TENANT, Role.VIEWER));
  private final FakeDesk desk = new FakeDesk();
  private final HttpClient http = HttpClient.newHttpClient();
  private ApiServer server;
  private CoordinatorClient client;

  @BeforeEach
  void start() {
    server =
        ApiServer.start(
            new ApiConfig(
                "127.0.0.1",
                0,
                2048,
                4096,
                16,
                Duration.ofMillis(100),
                "1.2.3",
                new ApiConfig.Limits(Duration.ofSeconds(10), 256, 1000, 200)),
            desk,
            Tokens.admin(TOKEN, Jobs.TENANT).and(this::guest),
            ApiServer.Mounted.NOTHING);
    client = new CoordinatorClient(server.endpoint(), TOKEN);
  }

  private Optional<Tokens.Principal> guest(String presented) {
    return presented.equals(GUEST) ? Optional.ofNullable(guest.get()) : Optional.empty();
  }

  /** The whole of a guest's stream, which ends when the guest's token does. */
  private CompletableFuture<HttpResponse<String>> guestStream() {
    CompletableFuture<HttpResponse<String>> whole =
        http.sendAsync(
            HttpRequest.newBuilder(URI.create(server.endpoint() + "/v1/events"))
                .header("Authorization", "Bearer " + GUEST)
                .build(),
            HttpResponse.BodyHandlers.ofString());
    await().until(() -> server.listeners() == 1);
    return whole;
  }

  @Test
  void aQuietStreamEndsWithItsToken() throws Exception {
    CompletableFuture<HttpResponse<String>> whole = guestStream();
    guest.set(null);

    assertThat(whole.get(10, TimeUnit.SECONDS).body()).contains("event: expired", "no longer good");
    await().until(() -> server.listeners() == 0);
  }

  @Test
  void nothingGoesToAListenerWhoseTokenWasTakenAway() throws Exception {
    CompletableFuture<HttpResponse<String>> whole = guestStream();
    guest.set(new Tokens.Principal(Jobs.TENANT, Role.PROVIDER));
    desk.happen(Jobs.event(1, JobState.RUNNING, "a secret"));

    assertThat(whole.get(10, TimeUnit.SECONDS).body())
        .contains("event: expired")
        .doesNotContain("a secret");
  }

  @AfterEach
  void stop() {
    http.close();
    client.close();
    server.close();
  }

  @Test
  void deliversWhatHappensAfterTheStreamIsThere() throws Exception {
    try (EventStream events = client.events()) {
      desk.happen(Jobs.event(1, JobState.RUNNING, "a\n\nevent: dropped"));
      desk.happen(Jobs.event(1, JobState.SUCCEEDED, "b"));

      assertThat(events.next())
          .hasValue(EventView.of(Jobs.event(1, JobState.RUNNING, "a\n\nevent: dropped")));
      assertThat(events.next()).map(EventView::state).hasValue("succeeded");
    }
  }

  @Test
  void goesOnBehindTheLastEventThatWasSeen() throws Exception {
    List<String> first;
    try (BufferedReader lines = listen("", Optional.empty())) {
      desk.happen(Jobs.event(1, JobState.RUNNING, "a"));
      desk.happen(Jobs.event(2, JobState.RUNNING, "b"));
      first = until(lines, "\"b\"");
    }
    String seen = first.stream().filter(line -> line.startsWith("id: ")).findFirst().orElseThrow();
    desk.happen(Jobs.event(3, JobState.RUNNING, "c"));

    try (BufferedReader lines = listen("", Optional.of(seen.substring(4)))) {
      List<String> rest = until(lines, "\"c\"");

      assertThat(rest.stream().filter(line -> line.startsWith("data: ")))
          .satisfiesExactly(
              line -> assertThat(line).contains("\"key\":\"b\""),
              line -> assertThat(line).contains("\"key\":\"c\""));
      assertThat(rest).doesNotContain("event: missed");
    }
  }

  @Test
  void saysWhenWhatCameBehindTheLastEventIsGone() throws Exception {
    String seen;
    try (BufferedReader lines = listen("", Optional.empty())) {
      desk.happen(Jobs.event(1, JobState.RUNNING, "a"));
      seen = until(lines, "id: ").getLast().substring(4);
    }
    for (int n = 2; n < 30; n++) {
      desk.happen(Jobs.event(n, JobState.RUNNING, "k"));
    }
    String otherProcess = "0".repeat(16) + "-1";

    for (String id : List.of(seen, otherProcess, "nonsense", "9".repeat(40))) {
      try (BufferedReader lines = listen("", Optional.of(id))) {
        assertThat(until(lines, "data: ")).contains("event: missed");
      }
    }
  }

  @Test
  void tellsOfOneJobOrFunctionAlone() throws Exception {
    desk.add(Jobs.view(2, JobState.RUNNING, "b"));
    try (BufferedReader job = listen("?job=" + Jobs.id(2), Optional.empty());
        BufferedReader ours = listen("?function=align", Optional.empty());
        BufferedReader others = listen("?function=other", Optional.empty())) {
      desk.happen(Jobs.event(1, JobState.RUNNING, "a"));
      desk.happen(Jobs.event(2, JobState.RUNNING, "b"));

      assertThat(until(job, "data: ").getLast()).contains("\"key\":\"b\"");
      assertThat(until(ours, "data: ").getLast()).contains("\"key\":\"a\"");
      assertThat(until(others, ": alive")).noneMatch(line -> line.startsWith("data: "));
    }
  }

  @Test
  void serves200ClientsFromOneRingAndRefusesThoseBeyondItsLimit() throws Exception {
    List<BufferedReader> clients = new ArrayList<>();
    try {
      for (int n = 0; n < 200; n++) {
        clients.add(listen("", Optional.empty()));
      }
      assertThat(server.listeners()).isEqualTo(200);
      assertThat(desk.listeners).hasSize(1);
      ApiFailure.Answered full =
          catchThrowableOfType(ApiFailure.Answered.class, () -> client.events());
      assertThat(full.problem().status()).isEqualTo(503);

      for (int n = 0; n < 10; n++) {
        desk.happen(Jobs.event(n, JobState.RUNNING, "k" + n));
      }

      for (BufferedReader each : clients) {
        assertThat(until(each, "\"k9\"").stream().filter(line -> line.startsWith("id: ")))
            .hasSize(10);
      }
    } finally {
      for (BufferedReader each : clients) {
        each.close();
      }
    }
    await().atMost(Duration.ofSeconds(20)).until(() -> server.listeners() == 0);
  }

  private BufferedReader listen(String query, Optional<String> seen) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(server.endpoint() + "/v1/events" + query))
            .header("Authorization", "Bearer " + TOKEN);
    seen.ifPresent(id -> request.header("Last-Event-ID", id));
    InputStream body = http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream()).body();
    return new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
  }

  /** Lines up to the first that contains this. */
  private static List<String> until(BufferedReader lines, String text) throws Exception {
    List<String> read = new ArrayList<>();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      read.add(line);
      if (line.contains(text)) {
        return read;
      }
    }
    throw new AssertionError("the stream ended without " + text + ": " + read);
  }

  @Test
  void forgetsClientsThatWentAway() throws Exception {
    client.events().close();

    await().atMost(Duration.ofSeconds(20)).until(() -> server.listeners() == 0);
  }

  @Test
  void endsTheStreamWhenTheServerStops() throws Exception {
    try (EventStream events = client.events()) {
      server.close();

      assertThat(events.next()).isEmpty();
    }
  }

  @Test
  void dropsAClientThatDoesNotReadAndTellsItSo() throws Exception {
    try (Socket slow = new Socket()) {
      slow.setReceiveBufferSize(2048);
      slow.connect(new InetSocketAddress("127.0.0.1", server.endpoint().getPort()));
      ask(slow);
      await().until(() -> server.listeners() == 1);
      String large = "k".repeat(1000);

      long started = System.nanoTime();
      for (int n = 0; n < 20_000; n++) {
        desk.happen(Jobs.event(n, JobState.RUNNING, large));
      }
      Duration took = Duration.ofNanos(System.nanoTime() - started);

      assertThat(took).isLessThan(Duration.ofSeconds(10));
      String all = new String(readToEnd(slow), StandardCharsets.UTF_8);
      assertThat(all).contains("event: dropped\ndata: {\"reason\":");
      assertThat(all.split("event: job", -1).length).isLessThan(20_000);
      await().until(() -> server.listeners() == 0);
    }
  }

  private static void ask(Socket socket) throws Exception {
    OutputStream out = socket.getOutputStream();
    String request =
        "GET /v1/events HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer "
            + TOKEN
            + "\r\n\r\n";
    out.write(request.getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  private static byte[] readToEnd(Socket socket) throws Exception {
    InputStream in = socket.getInputStream();
    return in.readAllBytes();
  }
}
