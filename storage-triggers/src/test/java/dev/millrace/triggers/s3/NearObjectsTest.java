package dev.millrace.triggers.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schema.object.ObjectBody;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.ObjectStore;
import dev.millrace.schema.object.StoreException;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.WriteOptions;
import dev.millrace.triggers.embedded.EmbeddedStore;
import dev.millrace.triggers.embedded.StoreConfig;
import dev.millrace.triggers.embedded.StoreFiles;
import dev.millrace.triggers.embedded.names.StoreEvent;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** The embedded store from within its process: whatever is seen there is what HTTP shows. */
@ParameterizedClass(name = "rows up to {0} bytes")
@ValueSource(ints = {0, StoreConfig.Space.SMALL_MAX_BYTES})
final class NearObjectsTest extends ObjectStoreContract {
  @Parameter int smallMaxBytes;
  @TempDir Path folder;
  EmbeddedStore embedded;
  ObjectStore far;
  ObjectStore near;

  @BeforeEach
  void start() throws Exception {
    embedded = EmbeddedStore.start(StoreConfig.in(folder).withSmallMaxBytes(smallMaxBytes));
    far =
        S3ObjectStore.open(
            S3StoreSettings.at(
                StoreId.EMBEDDED,
                embedded.endpoint(),
                embedded.region(),
                new S3StoreSettings.AccessKeyPair(
                    embedded.accessKey().id(), embedded.accessKey().secret().value())));
    near = embedded.near(far);
    near.ensureBucket(BUCKET);
  }

  @AfterEach
  void stop() throws Exception {
    near.close();
    embedded.close();
  }

  @Override
  ObjectStore store() {
    return near;
  }

  @Test
  void looksTheSameOverHttp() throws Exception {
    WriteOptions options = new WriteOptions(false, "text/x-fasta", Map.of("millrace-depth", "2"));
    write("by/near ü", "bytes", options);
    far.write(name("by/far"), new ByteArrayInputStream(new byte[] {1, 2}), 2, WriteOptions.PLAIN);
    near.copy(name("by/near ü"), name("by/copy"), options);

    for (String key : List.of("by/near ü", "by/far", "by/copy")) {
      assertThat(near.head(BUCKET, key)).isEqualTo(far.head(BUCKET, key)).isPresent();
      try (ObjectBody here = near.read(BUCKET, key).orElseThrow();
          ObjectBody there = far.read(BUCKET, key).orElseThrow()) {
        assertThat(here.head()).isEqualTo(there.head());
        assertThat(here.stream().readAllBytes()).isEqualTo(there.stream().readAllBytes());
      }
    }
    assertThat(near.list(BUCKET, "by/", "", 10)).isEqualTo(far.list(BUCKET, "by/", "", 10));
  }

  @Test
  void tellsOfEachWriteAsAPutDoes() throws Exception {
    write("a", "1", WriteOptions.PLAIN);
    near.copy(name("a"), name("b"), WriteOptions.PLAIN);
    near.delete(BUCKET, "a");
    far.write(name("c"), new ByteArrayInputStream(new byte[0]), 0, WriteOptions.PLAIN);

    List<StoreEvent> events = embedded.outbox().eventsAfter(0, 10);
    assertThat(events).extracting(StoreEvent::key).containsExactly("a", "b", "a", "c");
    assertThat(events.getFirst().name()).isEqualTo(events.getLast().name());
  }

  @Test
  void readsOnWhatWasOverwrittenMeanwhile() throws Exception {
    write("a", "first", WriteOptions.PLAIN);
    try (ObjectBody body = near.read(BUCKET, "a").orElseThrow()) {
      write("a", "second", WriteOptions.PLAIN);

      assertThat(body.stream().readAllBytes()).asString().isEqualTo("first");
    }
    assertThat(text("a")).isEqualTo("second");
  }

  @Test
  void leavesNoBytesOfWhatWasNotWritten() throws Exception {
    write("taken", "1", WriteOptions.PLAIN);
    long before = blobs();

    write("taken", "2", new WriteOptions(true, "text/plain", Map.of()));
    assertThatThrownBy(() ->
            near.write(name("short"), new ByteArrayInputStream(new byte[3]), 4, WriteOptions.PLAIN))
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.RETRY))
        .hasMessageContaining("1 bytes before the 4");

    assertThat(blobs()).isEqualTo(before);
    assertThat(near.head(BUCKET, "short")).isEmpty();
  }

  @Test
  void removesTheBytesThatNothingNamesAnyMore() throws Exception {
    long before = blobs();
    write("a", "1", WriteOptions.PLAIN);
    write("a", "2", WriteOptions.PLAIN);
    near.copy(name("a"), name("b"), WriteOptions.PLAIN);
    near.delete(BUCKET, "a");

    assertThat(blobs()).isEqualTo(before + 1);
    assertThat(text("b")).isEqualTo("2");
    near.delete(BUCKET, "b");
    assertThat(blobs()).isEqualTo(before);
  }

  @Test
  void refusesABucketThatIsNotThereAsHttpDoes() throws Exception {
    write("a", "1", WriteOptions.PLAIN);
    ObjectName nowhere = new ObjectName(near.id(), "not-there", "k");
    List<Refusing> calls =
        List.of(
            store -> store.copy(name("a"), nowhere, WriteOptions.PLAIN),
            store -> store.write(nowhere, body(), 1, WriteOptions.PLAIN),
            store -> store.read("not-there", "k"),
            store -> store.delete("not-there", "k"),
            store -> store.list("not-there", "", "", 5));
    for (Refusing call : calls) {
      assertThat(kind(near, call)).isEqualTo(kind(far, call)).isEqualTo("GIVE_UP");
    }
    assertThat(kind(near, store -> store.head("not-there", "k")))
        .isEqualTo(kind(far, store -> store.head("not-there", "k")));
  }

  private interface Refusing {
    void call(ObjectStore store) throws IOException;
  }

  private static String kind(ObjectStore store, Refusing call) {
    try {
      call.call(store);
      return "done";
    } catch (StoreException e) {
      return e.kind().name();
    } catch (IOException e) {
      return e.toString();
    }
  }

  private static ByteArrayInputStream body() {
    return new ByteArrayInputStream(new byte[1]);
  }

  private long blobs() {
    return StoreFiles.blobs(folder).size();
  }
}
