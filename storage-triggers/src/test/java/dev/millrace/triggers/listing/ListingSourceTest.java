package dev.millrace.triggers.listing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.schema.object.Notice;
import dev.millrace.schema.object.NoticeSink;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.ObjectStore;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.WriteOptions;
import dev.millrace.triggers.embedded.EmbeddedStore;
import dev.millrace.triggers.embedded.StoreConfig;
import dev.millrace.triggers.s3.S3ObjectStore;
import dev.millrace.triggers.s3.S3StoreSettings;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ListingSourceTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

  @TempDir Path folder;
  EmbeddedStore embedded;
  ObjectStore store;
  final Set<String> known = new HashSet<>();
  final List<String> noticed = new ArrayList<>();
  final SweepCheckpoint checkpoint = SweepCheckpoint.inMemory();

  @BeforeEach
  void start() throws Exception {
    embedded = EmbeddedStore.start(StoreConfig.in(folder));
    store =
        S3ObjectStore.open(
            S3StoreSettings.at(
                StoreId.EMBEDDED,
                embedded.endpoint(),
                embedded.region(),
                new S3StoreSettings.AccessKeyPair(
                    embedded.accessKey().id(), embedded.accessKey().secret().value())));
    store.ensureBucket("inbox");
  }

  @AfterEach
  void stop() throws Exception {
    store.close();
    embedded.close();
  }

  @Test
  void noticesWhatIsNotKnownAndCanBeInput() throws Exception {
    for (String key : List.of("in/a", "in/folder/", "in/b", ".millrace/x", "other")) {
      write(key);
    }
    known.add("in/a");

    int count = source(this::take).sweep();

    assertThat(count).isEqualTo(1);
    assertThat(noticed).containsExactly("in/b");
  }

  @Test
  void findsNewKeysWhereverTheySortInTheNextSweep() throws Exception {
    write("in/m");
    ListingSource source = source(this::take);
    source.sweep();
    known.addAll(noticed);
    write("in/a");

    source.sweep();

    assertThat(noticed).containsExactly("in/m", "in/a");
  }

  @Test
  void resumesAfterTheLastPageWhoseNoticesAreDurable() throws Exception {
    try (ExecutorService writers = Executors.newFixedThreadPool(16)) {
      List<Callable<Void>> writes = new ArrayList<>();
      for (int i = 0; i < 1500; i++) {
        String key = "in/%04d".formatted(i);
        writes.add(() -> {
          write(key);
          return null;
        });
      }
      for (Future<Void> each : writers.invokeAll(writes)) {
        each.get();
      }
    }
    ListingSource failing =
        source(notices -> {
          if (!noticed.isEmpty()) {
            throw new UncheckedIOException(new IOException("disk full"));
          }
          take(notices);
        });
    assertThatThrownBy(failing::sweep).isInstanceOf(UncheckedIOException.class);
    assertThat(noticed).hasSize(1000);

    source(this::take).sweep();

    assertThat(noticed).hasSize(1500).doesNotHaveDuplicates();
    assertThat(checkpoint.token()).isEmpty();
  }

  @Test
  void beginsAnewWhenTheStoreForgotTheToken() throws Exception {
    write("in/a");
    checkpoint.keep("a token of another store");

    source(this::take).sweep();

    assertThat(noticed).containsExactly("in/a");
  }

  private ListingSource source(NoticeSink sink) {
    return new ListingSource(
        store,
        new ListingSource.Place("inbox", "in/"),
        (id, bucket, page) -> page.stream().filter(row -> !known.contains(row.key())).toList(),
        sink,
        checkpoint,
        () -> NOW);
  }

  private void take(List<Notice> notices) {
    notices.forEach(notice -> noticed.add(notice.object().key()));
  }

  private void write(String key) throws Exception {
    ObjectName name = new ObjectName(StoreId.EMBEDDED, "inbox", key);
    store.write(name, InputStream.nullInputStream(), 0, WriteOptions.PLAIN);
  }
}
