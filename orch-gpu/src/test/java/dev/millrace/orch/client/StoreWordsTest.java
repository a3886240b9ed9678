package dev.millrace.orch.client;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.millrace.schema.time.Ticker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a store says of a refusal reaches whoever asked, but nothing that could draw on a terminal.
 */
@Timeout(60)
final class StoreWordsTest {
  private static final String REFUSED =
      "the upload of a.txt was answered with HTTP 507 (InsufficientStorage)";

  @TempDir private Path folder;
  private Transfer transfer;
  private HttpServer store;

  @BeforeEach
  void open() throws IOException {
    transfer = new Transfer(Duration.ofSeconds(30), Ticker.system());
    store = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    store.start();
  }

  @AfterEach
  void close() {
    transfer.close();
    store.stop(0);
  }

  @Test
  void theStoresReasonIsTold() throws IOException {
    answers("<Message>The disk of the store is full.</Message>");

    assertThatThrownBy(this::upload).hasMessage(REFUSED + ": The disk of the store is full.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "<Message></Message>",
        "<Message>\u001b[31mred</Message>",
        "<Message>&#27;</Message>"
      })
  void aReasonThatIsNoneIsLeftOut(String message) throws IOException {
    answers(message);

    assertThatThrownBy(this::upload).hasMessage(REFUSED);
  }

  private void answers(String message) {
    byte[] body =
        ("<Error><Code>InsufficientStorage</Code>" + message + "</Error>")
            .getBytes(StandardCharsets.UTF_8);
    store.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(507, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
  }

  private void upload() throws IOException {
    Path file = Files.writeString(folder.resolve("a.txt"), "x");
    URI url = URI.create("http://127.0.0.1:" + store.getAddress().getPort() + "/b/a.txt");
    transfer.upload(file, url, bytes -> {});
  }
}
