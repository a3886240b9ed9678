package dev.millrace.triggers.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/** A store that was restored alone, while others remember what it announced since. */
final class AfterRestoreTest {
  @TempDir Path folder;

  @Test
  void generationsGoOnAboveAllThatMayHaveBeenGivenOut() throws IOException {
    Files.createFile(folder.resolve(EmbeddedStore.RESTORED));
    long began = Instant.now().toEpochMilli() * 1000;

    List<Long> first = put("a");
    assertThat(first).hasSize(1).allMatch(generation -> generation > began);
    assertThat(folder.resolve(EmbeddedStore.RESTORED)).doesNotExist();
    assertThat(put("b")).as("the next start skips nothing").endsWith(first.getFirst() + 1);
  }

  @Test
  void aCounterThatIsFurtherAlreadyStaysWhereItIs() throws IOException {
    put("a");
    Files.createFile(folder.resolve(EmbeddedStore.RESTORED));
    long second = put("b").getLast();
    assertThat(second).isGreaterThan(2);
    Files.createFile(folder.resolve(EmbeddedStore.RESTORED));

    assertThat(put("c").getLast()).isGreaterThan(second);
  }

  private List<Long> put(String key) throws IOException {
    try (EmbeddedStore store = EmbeddedStore.start(StoreConfig.in(folder));
        S3Client s3 = StoreClients.sdk(store)) {
      if (s3.listBuckets().buckets().isEmpty()) {
        s3.createBucket(r -> r.bucket("inbox"));
      }
      s3.putObject(r -> r.bucket("inbox").key(key), RequestBody.fromString("text"));
      return store.outbox().eventsAfter(0, 10).stream().map(e -> e.generation()).toList();
    }
  }
}
