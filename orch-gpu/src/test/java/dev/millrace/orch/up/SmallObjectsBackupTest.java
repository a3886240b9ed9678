package dev.millrace.orch.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.orch.backup.Backup;
import dev.millrace.orch.backup.Restore;
import dev.millrace.orch.backup.Watcher;
import dev.millrace.orch.journal.sql.SqliteDatabases;
import dev.millrace.schema.object.ObjectBody;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.ObjectStore;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.WriteOptions;
import dev.millrace.triggers.embedded.EmbeddedStore;
import dev.millrace.triggers.embedded.StoreConfig;
import dev.millrace.triggers.s3.S3ObjectStore;
import dev.millrace.triggers.s3.S3StoreSettings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backup holds the bytes of objects wherever they lie: in the store's database, and in files. */
final class SmallObjectsBackupTest {
  private static final int LARGE = StoreConfig.Space.SMALL_MAX_BYTES + 1;

  @TempDir private Path folder;

  @Test
  void holdsSmallObjectsAndLargeOnes() throws Exception {
    try (Opened store = open("data")) {
      store.put("small", 100);
      store.put("empty", 0);
      store.put("large", LARGE);

      backUp();
    }
    restore();

    try (Opened store = open("back")) {
      assertThat(store.sizeOf("small")).isEqualTo(100);
      assertThat(store.sizeOf("empty")).isZero();
      assertThat(store.sizeOf("large")).isEqualTo(LARGE);
    }
  }

  @Test
  void refusesAStoreWithoutTheBytesOfASmallObjectAndNamesIt() throws Exception {
    try (Opened store = open("data")) {
      store.put("kept", 100);
      store.put("lost ü", 200);
    }
    change("DELETE FROM small_bytes WHERE length(bytes) = 200");

    assertThatThrownBy(this::backUp)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("the store is damaged")
        .hasMessageContaining("1 of its objects")
        .hasMessageContaining("s3://bucket/lost ü");
    assertThat(folder.resolve("backup.zip")).doesNotExist();
  }

  @Test
  void holdsAStoreThatAnOlderProgramHasWritten() throws Exception {
    try (Opened store = open("data")) {
      store.put("large", LARGE);
    }
    change("DROP TABLE small_bytes");
    change("PRAGMA user_version = 3");

    backUp();
    restore();

    try (Opened store = open("back")) {
      assertThat(store.sizeOf("large")).isEqualTo(LARGE);
      store.put("small", 100);
      assertThat(store.sizeOf("small")).isEqualTo(100);
    }
  }

  private void backUp() throws IOException {
    new Backup(new SqliteDatabases(), InstantSource.system(), "test")
        .take(folder.resolve("data"), folder.resolve("backup.zip"), new Silent());
  }

  private void restore() throws IOException {
    new Restore(at -> Long.MAX_VALUE)
        .into(folder.resolve("backup.zip"), folder.resolve("back"), new Silent());
  }

  private void change(String sql) throws SQLException {
    try (Connection names =
            DriverManager.getConnection(
                "jdbc:sqlite:" + folder.resolve("data/store/names.sqlite"));
        Statement statement = names.createStatement()) {
      statement.execute(sql);
    }
  }

  private Opened open(String data) throws IOException {
    EmbeddedStore store =
        EmbeddedStore.start(StoreConfig.in(folder.resolve(data).resolve("store")));
    ObjectStore objects =
        store.near(
            S3ObjectStore.open(
                S3StoreSettings.at(
                    StoreId.EMBEDDED,
                    store.endpoint(),
                    store.region(),
                    new S3StoreSettings.AccessKeyPair(
                        store.accessKey().id(), store.accessKey().secret().value()))));
    objects.ensureBucket("bucket");
    return new Opened(store, objects);
  }

  private record Opened(EmbeddedStore store, ObjectStore objects) implements AutoCloseable {
    void put(String key, int bytes) throws IOException {
      objects.write(
          new ObjectName(objects.id(), "bucket", key),
          new ByteArrayInputStream(new byte[bytes]),
          bytes,
          WriteOptions.PLAIN);
    }

    int sizeOf(String key) throws IOException {
      try (ObjectBody body = objects.read("bucket", key).orElseThrow()) {
        return body.stream().readAllBytes().length;
      }
    }

    @Override
    public void close() throws IOException {
      objects.close();
      store.close();
    }
  }

  private static final class Silent implements Watcher {
    @Override
    public void begins(String what, long bytes) {
      // Nobody looks.
    }

    @Override
    public void moved(long bytes) {
      // Nobody looks.
    }
  }
}
