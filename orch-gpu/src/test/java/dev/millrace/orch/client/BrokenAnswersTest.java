package dev.millrace.orch.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.orch.api.view.DeployRequest;
import dev.millrace.orch.api.view.ObjectView;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whoever listens where the coordinator should, and answers in part, or something else. */
@Timeout(30)
final class BrokenAnswersTest {
  private static final String HEAD = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Limits SHORT = Limits.of(Duration.ofMillis(300));

  /** A busy machine may take its time to answer at all. */
  private static final Limits IDLE = new Limits(LONG, LONG, Duration.ofMillis(500));

  private final List<Socket> kept = new CopyOnWriteArrayList<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private ServerSocket door;
  private CoordinatorClient client;

  @BeforeEach
  void open() throws IOException {
    door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    client = within(IDLE);
  }

  private CoordinatorClient within(Limits limits) {
    URI endpoint = URI.create("http://127.0.0.1:" + door.getLocalPort());
    return new CoordinatorClient(endpoint, "t", limits);
  }

  @AfterEach
  void close() throws IOException {
    client.close();
    door.close();
    for (Socket each : kept) {
      each.close();
    }
  }

  /**
   * Answers every request so.
   *
   * @param after whether the connection is closed behind it, or nothing comes any more
   */
  private void answer(String text, boolean closing) {
    Thread.ofVirtual()
        .start(() -> {
          try {
            while (true) {
              Socket socket = door.accept();
              kept.add(socket);
              BufferedReader in =
                  new BufferedReader(
                      new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
              asked.add(in.readLine());
              socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
              socket.getOutputStream().flush();
              if (closing) {
                for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {}
                socket.close();
              }
            }
          } catch (IOException e) {
            // The test has ended.
          }
        });
  }

  @Test
  void oneThatTakesTheConnectionAndSaysNothingIsGivenUp() {
    answer("", false);

    assertThatThrownBy(() -> impatient(CoordinatorClient::counts))
        .isInstanceOf(ApiFailure.Unreachable.class)
        .hasMessageContaining("took the request and did not answer in 300 ms")
        .extracting(thrown -> ((ApiFailure.Unreachable) thrown).advice())
        .asString()
        .contains("the coordinator's log");
  }

  /** The removal of a function takes the longer, the more of its jobs wait. */
  @Test
  void forWhatThereIsMuchToDoItIsWaitedForLonger() {
    answer("", false);
    Limits limits = new Limits(Duration.ofMillis(200), Duration.ofMillis(600), LONG);

    try (CoordinatorClient waiting = within(limits)) {
      assertThatThrownBy(() -> waiting.remove("align"))
          .isInstanceOf(ApiFailure.Unreachable.class)
          .hasMessageContaining("did not answer in 600 ms");
      assertThatThrownBy(() -> waiting.revokeToken("t"))
          .isInstanceOf(ApiFailure.Unreachable.class)
          .hasMessageContaining("did not answer in 200 ms");
    }
  }

  @Test
  void soIsOneThatStopsInItsHead() {
    answer(HEAD, false);

    assertThatThrownBy(() -> impatient(CoordinatorClient::counts))
        .isInstanceOf(ApiFailure.Unreachable.class)
        .hasMessageContaining("did not answer in");
  }

  @ParameterizedTest
  @CsvSource({
    "'Content-Length: 100\r\n\r\n{\"waiting\":', stopped after 11 bytes",
    "'Content-Length: 100\r\n\r\n', stopped after 0 bytes",
    "'Transfer-Encoding: chunked\r\n\r\n5\r\n{\"wai\r\n', stopped after 5 bytes",
    "'Transfer-Encoding: chunked\r\n\r\n5\r\n{\"w', stopped after"
  })
  void anAnswerThatStopsInItsMiddleIsGivenUp(String rest, String said) {
    answer(HEAD + rest, false);

    assertThatThrownBy(client::counts)
        .isInstanceOf(ApiFailure.Broken.class)
        .hasMessageContaining(said)
        .hasMessageContaining("nothing came for 500 ms")
        .hasMessageContaining("try again");
  }

  @ParameterizedTest
  @CsvSource({
    "'Content-Length: 100\r\n\r\n{\"waiting\":'",
    "'Transfer-Encoding: chunked\r\n\r\n5\r\n{\"wai\r\n'"
  })
  void soIsOneThatIsCut(String rest) {
    answer(HEAD + rest, true);

    assertThatThrownBy(client::counts)
        .isInstanceOf(ApiFailure.Broken.class)
        .hasMessageContaining("broke off after")
        .hasMessageContaining("try again");
  }

  @Test
  void aListThatStopsInItsMiddleIsGivenUpToo() {
    answer(HEAD + "Content-Length: 100\r\n\r\n[", false);

    assertThatThrownBy(client::functions).isInstanceOf(ApiFailure.Broken.class);
  }

  @Test
  void aProblemThatStopsInItsMiddleIsGivenUpToo() {
    answer(
        "HTTP/1.1 500 No\r\nContent-Type: application/problem+json\r\nContent-Length: 9\r\n\r\n{",
        false);

    assertThatThrownBy(client::counts).isInstanceOf(ApiFailure.Broken.class);
  }

  @Test
  void whatMayHaveBeenDoneIsNotSaidToBeTriedAgain() {
    answer(HEAD + "Content-Length: 100\r\n\r\n{", false);

    assertThatThrownBy(() ->
            client.deploy(new DeployRequest("f.yaml", "functions:", Map.of(), Map.of(), false)))
        .isInstanceOf(ApiFailure.Broken.class)
        .hasMessageContaining("it may have been done: look, and only then ask for the same again");
    assertThat(asked).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"SSH-2.0-OpenSSH_9.2", "HTTP/9 what", "'{\"no\": \"head\"}'"})
  void whoSpeaksNoHttpIsToldSo(String line) {
    answer(line + "\r\n\r\n", true);

    assertThatThrownBy(client::counts)
        .isInstanceOf(ApiFailure.Unreachable.class)
        .hasMessageContaining("does not answer in HTTP");
  }

  @Test
  void aRedirectionIsNotFollowedInALoop() {
    answer(
        "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:"
            + door.getLocalPort()
            + "/v1/jobs/counts\r\nContent-Length: 0\r\n\r\n",
        true);

    assertThatThrownBy(client::counts)
        .isInstanceOf(ApiFailure.Foreign.class)
        .hasMessageContaining("HTTP 302 to http://127.0.0.1")
        .hasMessageContaining("--endpoint");
    assertThat(asked).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"403 Forbidden", "400 Bad Request", "503 Slow Down"})
  void aStoreIsKnownForOne(String status) {
    answer(
        "HTTP/1.1 "
            + status
            + "\r\nContent-Type: application/xml\r\nx-amz-request-id: 1\r\n"
            + "Content-Length: 8\r\n\r\n<Error/>",
        true);

    assertThatThrownBy(client::counts)
        .isInstanceOf(ApiFailure.Foreign.class)
        .hasMessageContaining("is a store, not the coordinator")
        .hasMessageContaining("the port of the API");
  }

  @ParameterizedTest
  @CsvSource({"401 Unauthorized", "403 Forbidden", "404 Not Found"})
  void aProxysRefusalIsNoCoordinatorsWordOnTheToken(String status) {
    answer("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n", true);

    assertThatThrownBy(client::counts)
        .isInstanceOf(ApiFailure.Foreign.class)
        .hasMessageContaining("it answers HTTP " + status.substring(0, 3));
  }

  @Test
  void aProxyThatHasNobodyToAskIsWorthAnotherTry() {
    answer("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", true);

    assertThatThrownBy(client::counts)
        .isInstanceOfSatisfying(
            ApiFailure.Unreachable.class, thrown -> assertThat(Retries.mayPass(thrown)).isTrue())
        .hasMessageContaining("answers HTTP 502, as no coordinator");
  }

  @Test
  void aPageInsteadOfAnAnswerIsToldAndTakenForNone() {
    String page = "<html><title>Log\u001b[31m in</title></html>";
    answer(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: "
            + page.length()
            + "\r\n\r\n"
            + page,
        true);

    for (Call call :
        List.<Call>of(
            client::counts,
            () -> client.remove("align"),
            () -> client.log("j", 1, 0),
            client::events)) {
      assertThatThrownBy(call::run)
          .isInstanceOf(ApiFailure.Foreign.class)
          .hasMessageContaining("<html><title>Log [31m in")
          .hasMessageContaining("Check --endpoint");
    }
  }

  @ParameterizedTest
  @CsvSource({"'', nothing", "<html>, <html>", "'[1, 2', '[1, 2'"})
  void whatIsNoJsonIsToldWithItsBeginning(String body, String said) {
    answer(HEAD + "Content-Length: " + body.length() + "\r\n\r\n" + body, true);

    assertThatThrownBy(client::counts)
        .isInstanceOf(ApiFailure.Foreign.class)
        .hasMessageContaining(said);
    assertThatThrownBy(client::functions).isInstanceOf(ApiFailure.Foreign.class);
  }

  @Test
  void aStreamOfEventsOnWhichNothingComesEnds() throws Exception {
    answer("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n: alive\n\n", false);

    try (EventStream events = client.events()) {
      assertThat(events.next()).isEqualTo(Optional.empty());
    }
  }

  @Test
  void aVerificationOfWhichNothingComesIsGivenUp() {
    answer(HEAD + "Transfer-Encoding: chunked\r\n\r\n", false);

    assertThatThrownBy(() -> client.verify(Optional.empty())).isInstanceOf(ApiFailure.Broken.class);
  }

  @Test
  void aLogThatStopsInItsMiddleIsGivenUp() throws Exception {
    answer("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf a line", false);

    try (LogText log = client.log("j", 1, 0)) {
      assertThatThrownBy(() -> log.bytes().readAllBytes()).isInstanceOf(ApiFailure.Broken.class);
    }
  }

  @Test
  void aDownloadUrlThatDoesNotComeIsWorthAnotherTry() {
    answer(HEAD + "Content-Length: 100\r\n\r\n{", false);

    assertThatThrownBy(() -> client.downloadUrl(new ObjectView(null, "b", "k")))
        .isInstanceOfSatisfying(
            IOException.class, thrown -> assertThat(Retries.mayPass(thrown)).isTrue());
  }

  private void impatient(Asking asking) throws IOException {
    try (CoordinatorClient hasty = within(SHORT)) {
      asking.ask(hasty);
    }
  }

  /** Asks somebody. */
  private interface Asking {
    void ask(CoordinatorClient asked) throws IOException;
  }

  /** Something that is asked. */
  private interface Call {
    void run() throws IOException;
  }
}
