package dev.millrace.orch.journal.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.journal.JournalException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ReadersTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"1, 1", "2, 1", "3, 2", "4, 3", "5, 4", "64, 4"})
  void readsOfAFileLeaveAProcessorToTheOthers(int processors, int atOnce) throws Exception {
    Path file = folder.resolve("journal.db");
    SqlJournal.sqlite(file).close();
    try (Dialect dialect = new Dialect.Sqlite(file);
        Readers readers = new Readers(dialect, processors)) {
      AtomicInteger reading = new AtomicInteger();
      CountDownLatch end = new CountDownLatch(1);
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < atOnce + 1; i++) {
        threads.add(Thread.ofVirtual().start(() -> read(readers, reading, end)));
      }

      Awaitility.await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> reading.get() >= atOnce && threads.stream().allMatch(t -> t.getState() == Thread.State.WAITING));
      int most = reading.get();
      end.countDown();
      for (Thread thread : threads) {
        thread.join();
      }

      assertThat(most).isEqualTo(atOnce);
      assertThat(reading).as("all had their turn").hasValue(atOnce + 1);
    }
  }

  private static void read(Readers readers, AtomicInteger reading, CountDownLatch end) {
    readers.read(session -> {
      int place = reading.incrementAndGet();
      try {
        end.await();
      } catch (InterruptedException e) {
        throw new JournalException("interrupted", e);
      }
      return place;
    });
  }
}
