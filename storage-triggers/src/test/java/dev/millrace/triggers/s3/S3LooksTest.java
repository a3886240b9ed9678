package dev.millrace.triggers.s3;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.sun.net.httpserver.HttpServer;
import dev.millrace.schema.object.ObjectHead;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.StoreException;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.VersionTag;
import dev.millrace.schema.object.WriteOptions;
import dev.millrace.triggers.embedded.EmbeddedStore;
import dev.millrace.triggers.embedded.StoreConfig;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Looks without the SDK, against the embedded store and against answers that say too little. */
final class S3LooksTest {
  private static final String BUCKET = "looks";
  private static final S3Looks.Times SHORT =
      new S3Looks.Times(Duration.ofSeconds(5), Duration.ofMillis(300));
  private static final StoreId STORE = StoreId.EMBEDDED;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "in/a b+c.txt",
        "ü/日本/😀",
        "a//b",
        "/a",
        "a/../b",
        "./a",
        "50%",
        "%2F",
        "a?b=c&d",
        "#1",
        "~._-",
        "a\\b",
        "'\"<>`{}|^[]",
        "\u0007",
        "a;v=1,2:3@$!*()"
      })
  void seesByItselfWhatTheSdkSees(String key) throws Exception {
    try (EmbeddedStore embedded = EmbeddedStore.start(StoreConfig.in(folder));
        S3ObjectStore store = S3ObjectStore.open(settings(embedded))) {
      store.ensureBucket(BUCKET);
      ObjectName name = new ObjectName(STORE, BUCKET, key);
      WriteOptions options =
          new WriteOptions(false, "text/plain", Map.of("Depth", "3", "b", "x y"));
      store.write(name, new ByteArrayInputStream(new byte[5]), 5, options);
      try (S3Looks looks = looks(settings(embedded))) {
        ObjectHead bySdk;
        try (var body = store.read(BUCKET, key).orElseThrow()) {
          bySdk = body.head();
        }

        assertThat(looks.at(name)).isEqualTo(new S3Looks.Seen(bySdk));
        assertThat(bySdk.metadata()).containsEntry("depth", "3");
        store.delete(BUCKET, key);
        assertThat(looks.at(name)).isEqualTo(new S3Looks.Absent());
      }
    }
  }

  /** What is asked for lies in another bucket, under another key. */
  @ParameterizedTest
  @ValueSource(
      strings = {"looks/in", "looks%2Fin", "../looks", "..", "bad bucket", "{x}", "a%zz", "?", "#"})
  void whatIsNoBucketsNameIsRefusedAndSeesNothingOfAnother(String bucket) throws Exception {
    try (EmbeddedStore embedded = EmbeddedStore.start(StoreConfig.in(folder));
        S3ObjectStore store = S3ObjectStore.open(settings(embedded));
        S3Looks looks = looks(settings(embedded))) {
      store.ensureBucket(BUCKET);
      ObjectName name = new ObjectName(STORE, BUCKET, "in/a");
      store.write(
          name, new ByteArrayInputStream(new byte[5]), 5, new WriteOptions(false, "", Map.of()));

      assertThat(looks.at(name)).isInstanceOf(S3Looks.Seen.class);
      assertThat(looks.at(new ObjectName(STORE, bucket, "a"))).isNotInstanceOf(S3Looks.Seen.class);
      assertThatThrownBy(() -> store.head(bucket, "a"))
          .hasMessageContaining("is no bucket's name")
          .isInstanceOfSatisfying(
              StoreException.class,
              e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.GIVE_UP));
    }
  }

  @Test
  void isNotClearAboutARefusalOrADeadServer() throws Exception {
    ObjectName name = new ObjectName(STORE, BUCKET, "a");
    try (EmbeddedStore embedded = EmbeddedStore.start(StoreConfig.in(folder));
        S3Looks wrong = looks(settings(embedded.endpoint(), embedded.accessKey().id(), "wrong"))) {
      assertThat(wrong.at(name)).isEqualTo(new S3Looks.Unclear());
      try (S3ObjectStore store =
          S3ObjectStore.open(settings(embedded.endpoint(), embedded.accessKey().id(), "wrong"))) {
        assertThatThrownBy(() -> store.head(BUCKET, "a"))
            .isInstanceOfSatisfying(
                StoreException.class,
                e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.DENIED));
      }
    }
    int freePort;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      freePort = socket.getLocalPort();
    }
    URI nobody = URI.create("http://127.0.0.1:" + freePort);
    try (S3Looks dead = looks(settings(nobody, "id", "secret"))) {
      assertThat(dead.at(name)).isInstanceOf(S3Looks.Silent.class);
    }
  }

  /** It takes every connection and says nothing. */
  @Test
  void aSilentStoreIsAskedOnceAndNotWaitedForLong() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    try (ServerSocket silent = new ServerSocket(0, 9, InetAddress.getLoopbackAddress());
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      threads.execute(() -> take(silent, asked));
      URI endpoint = URI.create("http://127.0.0.1:" + silent.getLocalPort());
      try (S3ObjectStore store = S3ObjectStore.open(settings(endpoint, "id", "secret"), SHORT)) {
        assertTimeoutPreemptively(
            Duration.ofSeconds(10),
            () ->
                assertThatThrownBy(() -> store.head(BUCKET, "a"))
                    .hasMessageContaining("HEAD s3://looks/a")
                    .isInstanceOfSatisfying(
                        StoreException.class,
                        e -> {
                          assertThat(e.kind()).isEqualTo(StoreException.Kind.RETRY);
                          assertThat(e.silent()).isTrue();
                        }));
      }
      silent.close();
    }
    assertThat(asked).hasValue(1);
  }

  /** It says that it keeps each connection, answers once on it and ends it at the next request. */
  @Test
  void aConnectionThatTheStoreHasEndedIsNoSilence() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        ServerSocket server = new ServerSocket(0, 9, InetAddress.getLoopbackAddress())) {
      threads.execute(() -> serve(server, threads, asked, 1));
      try (S3Looks looks = looks(settings(at(server), "id", "secret"))) {
        for (int i = 0; i < 10; i++) {
          assertThat(looks.at(new ObjectName(STORE, BUCKET, "a" + i)))
              .isEqualTo(new S3Looks.Absent());
        }
      }
    }
    assertThat(asked).as("every other look is made twice").hasValue(15);
  }

  @Test
  void aStoreThatEndsEachConnectionIsAskedTwice() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        ServerSocket server = new ServerSocket(0, 9, InetAddress.getLoopbackAddress())) {
      threads.execute(() -> serve(server, threads, asked, 0));
      try (S3Looks looks = looks(settings(at(server), "id", "secret"))) {
        assertThat(looks.at(new ObjectName(STORE, BUCKET, "a"))).isInstanceOf(S3Looks.Silent.class);
      }
    }
    assertThat(asked).hasValue(2);
  }

  private static URI at(ServerSocket server) {
    return URI.create("http://127.0.0.1:" + server.getLocalPort());
  }

  private static void serve(
      ServerSocket server, ExecutorService threads, AtomicInteger asked, int answers) {
    try {
      while (!server.isClosed()) {
        Socket socket = server.accept();
        threads.execute(() -> answer(socket, asked, answers));
      }
    } catch (IOException over) {
      // The test has ended.
    }
  }

  /** So many requests of a connection are answered, the next ends it. */
  private static void answer(Socket socket, AtomicInteger asked, int answers) {
    byte[] absent = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".getBytes(US_ASCII);
    try (socket) {
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
      for (int answered = 0; answered <= answers; answered++) {
        String line = lines.readLine();
        if (line == null) {
          return;
        }
        while (!line.isEmpty()) {
          line = lines.readLine();
        }
        asked.incrementAndGet();
        if (answered < answers) {
          socket.getOutputStream().write(absent);
        }
      }
    } catch (IOException over) {
      // The one that asked has closed its connections.
    }
  }

  /** Takes connections until nobody can come any more. */
  private static void take(ServerSocket server, AtomicInteger taken) {
    List<Socket> open = new ArrayList<>();
    try {
      while (!server.isClosed()) {
        open.add(server.accept());
        taken.incrementAndGet();
      }
    } catch (IOException over) {
      open.forEach(S3LooksTest::end);
    }
  }

  private static void end(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void takesTheVersionIdOfAStoreThatCountsNoGenerations() throws Exception {
    Map<String, String> answer = told();
    answer.put("x-amz-version-id", "v7");

    assertThat(answered(200, answer))
        .isInstanceOfSatisfying(
            S3Looks.Seen.class,
            seen -> {
              assertThat(seen.head().version()).isEqualTo(new VersionTag.VersionId("v7"));
              assertThat(seen.head().lastModified()).isEqualTo(Instant.ofEpochSecond(784_111_777));
              assertThat(seen.head().metadata()).isEqualTo(Map.of("millrace-depth", "2"));
            });
    answer.put("x-amz-version-id", "null");
    assertThat(answered(200, answer))
        .isInstanceOfSatisfying(
            S3Looks.Seen.class,
            seen ->
                assertThat(seen.head().version())
                    .isEqualTo(new VersionTag.ETagAt("e1", 784_111_777)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ETag", "Last-Modified"})
  void isNotClearAboutAnAnswerWithoutWhatTellsVersionsApart(String missing) throws Exception {
    Map<String, String> answer = told();
    answer.remove(missing);

    assertThat(answered(200, answer)).isEqualTo(new S3Looks.Unclear());
  }

  @Test
  void isNotClearAboutATimeThatIsNone() throws Exception {
    Map<String, String> answer = told();
    answer.put("Last-Modified", "yesterday");

    assertThat(answered(200, answer)).isEqualTo(new S3Looks.Unclear());
  }

  @ParameterizedTest
  @ValueSource(ints = {204, 301, 307, 400, 403, 429, 500, 503})
  void leavesEveryOtherStatusToTheSdk(int status) throws Exception {
    assertThat(answered(status, told())).isEqualTo(new S3Looks.Unclear());
  }

  @Test
  void looksIntoNoStoreWhoseBucketsAreHosts() {
    S3StoreSettings.AccessKeyPair keys = new S3StoreSettings.AccessKeyPair("id", "secret");
    URI endpoint = URI.create("http://127.0.0.1:1");

    assertThat(into(with(Optional.empty(), keys, true))).isEmpty();
    assertThat(into(with(Optional.of(endpoint), keys, false))).isEmpty();
  }

  private static S3StoreSettings with(
      Optional<URI> endpoint, S3StoreSettings.AccessKeyPair keys, boolean pathStyle) {
    return new S3StoreSettings(
        STORE, endpoint, "us-east-1", keys, pathStyle, Duration.ofSeconds(10));
  }

  private static Map<String, String> told() {
    return new TreeMap<>(
        Map.of(
            "ETag", "\"e1\"",
            "Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT",
            "X-Amz-Meta-Millrace-Depth", "2"));
  }

  /** What a look makes of this answer. */
  private static S3Looks.Look answered(int status, Map<String, String> headers) throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          headers.forEach((name, value) -> exchange.getResponseHeaders().put(name, List.of(value)));
          exchange.getResponseHeaders().put("Content-Length", List.of("12"));
          exchange.sendResponseHeaders(status, -1);
          exchange.close();
        });
    server.start();
    try (S3Looks looks =
        looks(
            settings(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort()), "id", "secret"))) {
      return looks.at(new ObjectName(STORE, BUCKET, "a"));
    } finally {
      server.stop(0);
    }
  }

  private static S3Looks looks(S3StoreSettings settings) {
    return into(settings).orElseThrow();
  }

  private static Optional<S3Looks> into(S3StoreSettings settings) {
    return S3Looks.into(settings, InstantSource.system(), S3Looks.Times.USUAL);
  }

  private static S3StoreSettings settings(EmbeddedStore embedded) {
    return settings(
        embedded.endpoint(), embedded.accessKey().id(), embedded.accessKey().secret().value());
  }

  private static S3StoreSettings settings(URI endpoint, String id, String secret) {
    return S3StoreSettings.at(
        STORE, endpoint, "us-east-1", new S3StoreSettings.AccessKeyPair(id, secret));
  }
}
