package dev.millrace.triggers.minio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.millrace.schema.object.Notice;
import dev.millrace.schema.object.NoticeSink;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.VersionTag;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a server that says what MinIO was seen to say. */
final class BucketListenerTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final StoreId STORE = new StoreId("minio.default");

  private final List<Notice> taken = new ArrayList<>();
  private final List<String> asked = new ArrayList<>();
  private HttpServer minio;
  private String says = "";

  @BeforeEach
  void serve() throws IOException {
    minio = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    minio.createContext(
        "/",
        exchange -> {
          asked.add(exchange.getRequestURI().toString());
          exchange.sendResponseHeaders(200, 0);
          try (OutputStream body = exchange.getResponseBody()) {
            body.write(says.getBytes(StandardCharsets.UTF_8));
          }
        });
    minio.start();
  }

  @AfterEach
  void stop() {
    minio.stop(0);
  }

  @Test
  void takesEveryRecordWithItsKeyAsItIs() {
    says = record("a b/c+d%20 ü.txt", "") + "\n \n \n" + record("in/x", "v7") + "\n";

    assertThatThrownBy(listener(taken::addAll)::listen)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("ended the connection");

    assertThat(taken)
        .extracting(notice -> notice.object().key())
        .containsExactly("a b/c+d%20 ü.txt", "in/x");
    assertThat(taken.get(0).hint()).isNull();
    assertThat(taken.get(1).hint()).isEqualTo(new VersionTag.VersionId("v7"));
    assertThat(taken)
        .allSatisfy(notice -> assertThat(notice.source()).isEqualTo("listen/" + STORE));
    assertThat(asked.getFirst()).startsWith("/letters?").contains("s3%3AObjectCreated%3A%2A");
  }

  @Test
  void endsWhenNoticesAreNotKeptSoThatListingFindsThem() {
    says = record("in/x", "") + "\n" + record("in/y", "") + "\n";

    assertThatThrownBy(
            listener(notices -> {
              taken.addAll(notices);
              throw new UncheckedIOException(new IOException("the disk is full"));
            })
                ::listen)
        .hasMessageContaining("the disk is full");

    assertThat(taken).hasSize(1);
  }

  @Test
  void saysThatAServerWhichIsNotThereCannotBeListenedTo() {
    minio.stop(0);

    assertThatThrownBy(listener(taken::addAll)::listen)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot listen to letters");
  }

  private BucketListener listener(NoticeSink sink) {
    return new BucketListener(
        new BucketListener.Source(
            STORE,
            "letters",
            URI.create("http://127.0.0.1:" + minio.getAddress().getPort()),
            "us-east-1",
            new BucketListener.Access("an-access-key", "a secret key")),
        sink,
        () -> NOW);
  }

  private static String record(String key, String version) {
    return """
    {"Records":[{"eventVersion":"2.0","eventSource":"minio:s3","awsRegion":"","eventTime":\
    "2026-11-22T20:12:54.603Z","eventName":"s3:ObjectCreated:Put","userIdentity":{"principalId":\
    "k"},"requestParameters":{"principalId":"k","region":"","sourceIPAddress":"127.0.0.1"},\
    "responseElements":{"x-amz-request-id":"18EA"},"s3":{"s3SchemaVersion":"1.0",\
    "configurationId":"Config","bucket":{"name":"letters","ownerIdentity":{"principalId":"k"},\
    "arn":"arn:aws:s3:::letters"},"object":{"key":"%s","size":3,"eTag":"764e","versionId":"%s",\
    "contentType":"application/octet-stream","userMetadata":{"content-type":"text/plain"},\
    "sequencer":"18EA771E8F94EA03"}},"source":{"host":"127.0.0.1","port":"","userAgent":"mc"}}]}\
    """
        .formatted(key, version)
        .strip();
  }
}
