package dev.millrace.triggers.embedded.names;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FreePagesTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final int MIB = 1 << 20;

  @TempDir Path folder;

  private long size() throws IOException {
    return Files.size(folder.resolve("names.sqlite"));
  }

  /** Nothing is written any more when the reader has gone. */
  @Test
  void theDiskHasTheRoomOfWhatWasDeletedThoughSomeoneWasReading() throws Exception {
    try (NameDatabase database =
        NameDatabase.open(folder.resolve("names.sqlite"), new CommitSignal())) {
      database.write(statements -> statements.update("CREATE TABLE filler (bytes BLOB)"));
      for (int i = 0; i < 8; i++) {
        database.write(
            statements -> statements.update("INSERT INTO filler VALUES (zeroblob(" + MIB + "))"));
      }
      CountDownLatch reads = new CountDownLatch(1);
      CountDownLatch ends = new CountDownLatch(1);
      CompletableFuture<Void> reader =
          CompletableFuture.runAsync(() -> read(database, reads, ends));
      reads.await();

      database.write(statements -> statements.update("DELETE FROM filler"));

      await().atMost(LONG).during(Duration.ofMillis(300)).until(() -> size() > 4L * MIB);
      ends.countDown();
      reader.join();
      await().atMost(LONG).untilAsserted(() -> assertThat(size()).isLessThan(2L * MIB));
    }
  }

  private static void read(NameDatabase database, CountDownLatch reads, CountDownLatch ends) {
    try {
      database.read(statements -> {
        statements.any("SELECT 1 FROM filler");
        reads.countDown();
        try {
          ends.await();
        } catch (InterruptedException e) {
          throw new IllegalStateException("interrupted", e);
        }
        return null;
      });
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
