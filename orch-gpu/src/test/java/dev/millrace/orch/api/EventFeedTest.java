package dev.millrace.orch.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.orch.api.view.EventView;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.orch.client.EventStream;
import dev.millrace.orch.desk.FakeDesk;
import dev.millrace.orch.desk.Jobs;
import dev.millrace.orch.journal.JobState;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EventFeedTest {
  private static final String TOKEN = "an-administrator's-token";

  private final FakeDesk desk = new FakeDesk();
  private ApiServer server;
  private CoordinatorClient client;

  @BeforeEach
  void start() {
    server =
        ApiServer.start(
            new ApiConfig("127.0.0.1", 0, 2048, 4096, 16, Duration.ofMillis(100), "1.2.3"),
            desk,
            Tokens.admin(TOKEN, Jobs.TENANT),
            ApiServer.Mounted.NOTHING);
    client = new CoordinatorClient(server.endpoint(), TOKEN);
  }

  @AfterEach
  void stop() {
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
