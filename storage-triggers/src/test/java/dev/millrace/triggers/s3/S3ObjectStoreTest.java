package dev.millrace.triggers.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.millrace.schema.object.ObjectHead;
import dev.millrace.schema.object.ObjectStore;
import dev.millrace.schema.object.StoreException;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.VersionTag;
import dev.millrace.schema.object.WriteOptions;
import dev.millrace.triggers.embedded.EmbeddedStore;
import dev.millrace.triggers.embedded.StoreConfig;
import dev.millrace.triggers.embedded.signature.Authorizer;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** The adapter against the embedded store. */
final class S3ObjectStoreTest extends ObjectStoreContract {
  @TempDir Path folder;
  EmbeddedStore embedded;
  ObjectStore store;

  @BeforeEach
  void start() throws Exception {
    embedded = EmbeddedStore.start(StoreConfig.in(folder));
    store =
        S3ObjectStore.open(settings(embedded.endpoint(), embedded.accessKey().secret().value()));
    store.ensureBucket(BUCKET);
  }

  @AfterEach
  void stop() throws Exception {
    store.close();
    embedded.close();
  }

  @Override
  ObjectStore store() {
    return store;
  }

  @Test
  void takesTheGenerationForTheVersion() throws Exception {
    write("a", "x", WriteOptions.PLAIN);
    VersionTag first = store.head(BUCKET, "a").orElseThrow().version();
    write("a", "x", WriteOptions.PLAIN);

    assertThat(first).isInstanceOf(VersionTag.Generation.class);
    assertThat(store.head(BUCKET, "a").orElseThrow().version()).isNotEqualTo(first);
  }

  @Test
  void saysThatNoBucketOfAnOldNameCanBeMade() {
    for (String bucket : List.of("My_Bucket", "a".repeat(200), "a.-b")) {
      assertThatThrownBy(() -> store.ensureBucket(bucket))
          .isInstanceOfSatisfying(
              StoreException.class,
              e -> {
                assertThat(e.kind()).isEqualTo(StoreException.Kind.GIVE_UP);
                assertThat(e).hasMessageContaining("there is no bucket '" + bucket);
                assertThat(e).hasMessageContaining("3 to 63 of a-z");
              });
    }
  }

  @Test
  void takesABucketOfAnOldNameThatIsThere() throws Exception {
    List<String> asked = new CopyOnWriteArrayList<>();
    HttpServer old =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
    old.createContext(
        "/",
        exchange -> {
          asked.add(exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath());
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    old.start();
    URI endpoint = URI.create("http://127.0.0.1:" + old.getAddress().getPort());
    try (ObjectStore other = S3ObjectStore.open(settings(endpoint, "x".repeat(40)))) {
      other.ensureBucket("My_Bucket");
    } finally {
      old.stop(0);
    }

    assertThat(asked).containsExactly("HEAD /My_Bucket");
  }

  @Test
  void copiesInPartsWhatIsTooLargeForOneCopy() throws Exception {
    byte[] bytes = new byte[12 << 20];
    new Random(3).nextBytes(bytes);
    store.write(name("huge"), new ByteArrayInputStream(bytes), bytes.length, WriteOptions.PLAIN);
    ObjectHead source = store.head(BUCKET, "huge").orElseThrow();
    S3StoreSettings settings = settings(embedded.endpoint(), embedded.accessKey().secret().value());
    try (var client = S3Clients.client(settings)) {
      new S3Copies(client, new S3Uploads(client), 1 << 20, 5 << 20)
          .copy(elsewhere(source), name("copy"), new WriteOptions(false, "a/b", Map.of("k", "v")));
    }

    ObjectHead copy = store.head(BUCKET, "copy").orElseThrow();
    assertThat(copy.eTag()).endsWith("-3");
    assertThat(copy.metadata()).containsEntry("k", "v");
    try (var body = store.read(BUCKET, "copy").orElseThrow()) {
      assertThat(body.stream().readAllBytes()).isEqualTo(bytes);
    }
  }

  /** As a store tells of it that counts no generations. */
  private static ObjectHead elsewhere(ObjectHead head) {
    return new ObjectHead(
        head.name(),
        new VersionTag.ETagAt(head.eTag(), head.lastModified().getEpochSecond()),
        head.eTag(),
        head.size(),
        head.lastModified(),
        head.metadata());
  }

  @Test
  void givesTheSameBytesASecondNameWhateverTheirSize() throws Exception {
    write("huge", "many bytes", WriteOptions.PLAIN);
    S3StoreSettings settings = settings(embedded.endpoint(), embedded.accessKey().secret().value());
    try (var client = S3Clients.client(settings)) {
      new S3Copies(client, new S3Uploads(client), 1, 1)
          .copy(store.head(BUCKET, "huge").orElseThrow(), name("copy"), WriteOptions.PLAIN);
    }

    ObjectHead copy = store.head(BUCKET, "copy").orElseThrow();
    assertThat(copy.eTag()).isEqualTo(store.head(BUCKET, "huge").orElseThrow().eTag());
  }

  @Test
  void writesInPartsWhatIsTooLargeForOnePut() throws Exception {
    byte[] bytes = new byte[12 << 20];
    new Random(4).nextBytes(bytes);
    WriteOptions once = new WriteOptions(true, "a/b", Map.of("k", "v"));
    S3StoreSettings settings = settings(embedded.endpoint(), embedded.accessKey().secret().value());
    try (var client = S3Clients.client(settings)) {
      S3Writes writes = new S3Writes(client, new S3Uploads(client), 1 << 20, 5 << 20);
      writes.write(name("huge"), new ByteArrayInputStream(bytes), bytes.length, once);

      assertThatThrownBy(
              () -> writes.write(name("huge"), new ByteArrayInputStream(bytes), bytes.length, once))
          .isInstanceOfSatisfying(
              S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(412));
      assertThat(client.listMultipartUploads(r -> r.bucket(BUCKET)).uploads()).isEmpty();
    }

    ObjectHead head = store.head(BUCKET, "huge").orElseThrow();
    assertThat(head.eTag()).endsWith("-3");
    assertThat(head.metadata()).containsEntry("k", "v");
    try (var body = store.read(BUCKET, "huge").orElseThrow()) {
      assertThat(body.stream().readAllBytes()).isEqualTo(bytes);
    }
  }

  @Test
  void leavesNoPartOfAWriteWhoseSourceBreaksOff() throws Exception {
    byte[] half = new byte[6 << 20];
    S3StoreSettings settings = settings(embedded.endpoint(), embedded.accessKey().secret().value());
    try (var client = S3Clients.client(settings)) {
      S3Writes writes = new S3Writes(client, new S3Uploads(client), 1 << 20, 5 << 20);

      assertThatThrownBy(() ->
              writes.write(
                  name("half"), new ByteArrayInputStream(half), 12 << 20, WriteOptions.PLAIN))
          .isInstanceOf(SdkException.class);
      assertThat(client.listMultipartUploads(r -> r.bucket(BUCKET)).uploads()).isEmpty();
    }
    assertThat(store.head(BUCKET, "half")).isEmpty();
  }

  @Test
  void givesUpOnAWrongSecretAndRetriesADeadServer() throws Exception {
    int freePort;
    try (ServerSocket socket = new ServerSocket(0)) {
      freePort = socket.getLocalPort();
    }
    try (ObjectStore wrong = S3ObjectStore.open(settings(embedded.endpoint(), "wrong"));
        ObjectStore dead =
            S3ObjectStore.open(settings(URI.create("http://127.0.0.1:" + freePort), "x"))) {
      assertKind(wrong, StoreException.Kind.DENIED);
      assertKind(dead, StoreException.Kind.RETRY);
    }
  }

  @Test
  void aKeyThatMayMakeNoBucketIsGoodForThoseThatAreThere() throws Exception {
    embedded.close();
    embedded =
        EmbeddedStore.start(
            StoreConfig.in(folder),
            (caller, access) -> access.action() != Authorizer.Action.ADMINISTER);
    try (ObjectStore narrow =
        S3ObjectStore.open(settings(embedded.endpoint(), embedded.accessKey().secret().value()))) {
      narrow.ensureBucket(BUCKET);

      assertThat(narrow.list(BUCKET, "", "", 1).objects()).isEmpty();
      assertThatThrownBy(() -> narrow.ensureBucket("fresh-bucket"))
          .isInstanceOfSatisfying(
              StoreException.class,
              e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.DENIED));
    }
  }

  private static void assertKind(ObjectStore store, StoreException.Kind kind) {
    assertThatThrownBy(() -> store.list(BUCKET, "", "", 1))
        .isInstanceOfSatisfying(StoreException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }

  private S3StoreSettings settings(URI endpoint, String secret) {
    return S3StoreSettings.at(
        StoreId.EMBEDDED,
        endpoint,
        "us-east-1",
        new S3StoreSettings.AccessKeyPair(embedded.accessKey().id(), secret));
  }
}
