package dev.millrace.triggers.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Objects whose bytes lie in the database of names. */
final class SmallObjectsTest {
  private static final int MAX = StoreConfig.Space.SMALL_MAX_BYTES;

  @TempDir Path folder;
  EmbeddedStore store;
  S3Client s3;

  @BeforeEach
  void start() throws IOException {
    open(StoreConfig.in(folder));
    s3.createBucket(r -> r.bucket("inbox"));
  }

  @AfterEach
  void stop() throws IOException {
    s3.close();
    store.close();
  }

  private void open(StoreConfig config) throws IOException {
    store = EmbeddedStore.start(config);
    s3 = StoreClients.sdk(store);
  }

  @Test
  void areRowsUpToTheBoundAndFilesBeyondIt() {
    put("empty", 0);
    put("largest", MAX);
    assertThat(StoreFiles.rows(folder)).hasSize(2);
    assertThat(StoreFiles.files(folder)).isEmpty();

    put("beyond", MAX + 1);
    assertThat(StoreFiles.rows(folder)).hasSize(2);
    assertThat(StoreFiles.files(folder)).hasSize(1);

    for (int size : new int[] {0, MAX, MAX + 1}) {
      String key = size == 0 ? "empty" : size == MAX ? "largest" : "beyond";
      assertThat(get(key)).isEqualTo(bytes(size));
    }
  }

  @Test
  void goToAFileInTheMiddleOfAFormThatTurnsOutToBeLarge() throws Exception {
    for (int size : new int[] {0, MAX, MAX + 1, 10 * MAX}) {
      form("form-" + size, bytes(size));
      assertThat(get("form-" + size)).isEqualTo(bytes(size));
    }
    assertThat(StoreFiles.rows(folder)).hasSize(2);
    assertThat(StoreFiles.files(folder)).hasSize(2);
  }

  @Test
  void changePlacesWhenANameIsOverwritten() {
    put("a", 10);
    put("a", MAX + 1);
    assertThat(StoreFiles.rows(folder)).isEmpty();
    assertThat(get("a")).hasSize(MAX + 1);
    put("a", 10);
    assertThat(StoreFiles.files(folder)).isEmpty();
    assertThat(get("a")).isEqualTo(bytes(10));
  }

  @Test
  void neverGiveTheirRowToAnother() {
    put("a", 10);
    String first = StoreFiles.rows(folder).getFirst();
    s3.deleteObject(r -> r.bucket("inbox").key("a"));
    put("a", 10);

    assertThat(StoreFiles.rows(folder)).doesNotContain(first).hasSize(1);
  }

  @Test
  void areThereAfterARestartAsTheyWere() throws IOException {
    put("a", 100);
    stop();
    open(StoreConfig.in(folder).withSmallMaxBytes(0));

    assertThat(get("a")).isEqualTo(bytes(100));
    put("b", 100);
    stop();
    open(StoreConfig.in(folder));
    assertThat(get("b")).isEqualTo(bytes(100));
    assertThat(StoreFiles.blobs(folder)).hasSize(2);
  }

  @Test
  void areNotGivenOutWhenTheirBytesAreOthersOrGone() throws Exception {
    put("spoilt", 100);
    put("gone", 200);
    change("UPDATE small_bytes SET bytes = zeroblob(100) WHERE length(bytes) = 100");
    change("DELETE FROM small_bytes WHERE length(bytes) = 200");

    for (String key : new String[] {"spoilt", "gone"}) {
      assertThatThrownBy(() -> get(key))
          .isInstanceOfSatisfying(
              S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(500));
      assertThat(s3.headObject(r -> r.bucket("inbox").key(key)).contentLength()).isPositive();
      put(key, 50);
      assertThat(get(key)).isEqualTo(bytes(50));
    }
  }

  @Test
  void giveTheirPagesBackToTheDisk() throws IOException {
    for (int i = 0; i < 400; i++) {
      put("a" + i, MAX);
    }
    assertThat(Files.size(names()) + Files.size(log())).isGreaterThan(400L * MAX);
    for (int i = 0; i < 400; i++) {
      String key = "a" + i;
      s3.deleteObject(r -> r.bucket("inbox").key(key));
    }

    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(Files.size(names())).isLessThan(400L * MAX / 2));
  }

  @Test
  void useAgainWhatIsFreeWithinTheDatabaseAtTheFloor() throws Exception {
    for (int i = 0; i < 40; i++) {
      put("a" + i, MAX);
    }
    for (int i = 0; i < 40; i++) {
      String key = "a" + i;
      s3.deleteObject(r -> r.bucket("inbox").key(key));
    }
    stop();
    long free = Files.getFileStore(folder).getUsableSpace();
    open(
        StoreConfig.in(folder)
            .withSpace(new StoreConfig.Space(free * 2, Long.MAX_VALUE, Long.MAX_VALUE)));

    put("small", MAX);
    assertThat(get("small")).hasSize(MAX);
    assertThatThrownBy(() -> put("large", MAX + 1))
        .isInstanceOfSatisfying(S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(507));
  }

  @Test
  void makeAFolderThatAnOlderProgramRefuses() throws Exception {
    stop();
    change("PRAGMA user_version = 5");

    assertThatThrownBy(() -> EmbeddedStore.start(StoreConfig.in(folder)))
        .hasStackTraceContaining("of version 5, newer than 4")
        .hasStackTraceContaining("start it with the newer program");
    change("PRAGMA user_version = 4");
    open(StoreConfig.in(folder));
  }

  private void form(String key, byte[] file) throws Exception {
    assertThat(
            new SignedForm(
                    store,
                    Instant.now().plusSeconds(600),
                    "[[\"eq\", \"$bucket\", \"inbox\"], [\"starts-with\", \"$key\", \"\"]]")
                .with("key", key)
                .post(store, "inbox", "x", file)
                .statusCode())
        .isEqualTo(204);
  }

  private void put(String key, int bytes) {
    s3.putObject(r -> r.bucket("inbox").key(key), RequestBody.fromBytes(bytes(bytes)));
  }

  private byte[] get(String key) {
    return s3.getObjectAsBytes(r -> r.bucket("inbox").key(key)).asByteArray();
  }

  private static byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    new Random(count).nextBytes(bytes);
    return bytes;
  }

  private Path names() {
    return folder.resolve("names.sqlite");
  }

  private Path log() {
    return folder.resolve("names.sqlite-wal");
  }

  private void change(String sql) throws Exception {
    try (Connection names = StoreFiles.names(folder);
        Statement statement = names.createStatement()) {
      statement.execute(sql);
    }
  }
}
