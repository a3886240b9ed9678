package dev.millrace.orch.intake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.rig.Rig;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.StoreId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AdmitterFloodTest {
  private static final int SOURCES = 24;
  private static final int EACH = 25;

  @TempDir Path folder;

  @Test
  void eachObjectOfAFloodIsOneJobThoughItsNoticeCameTwice() throws Exception {
    try (Rig rig = new Rig(folder, "");
        ExecutorService sources = Executors.newVirtualThreadPerTaskExecutor()) {
      rig.deploy("");
      CountDownLatch together = new CountDownLatch(SOURCES);
      for (int i = 0; i < SOURCES; i++) {
        int source = i;
        sources.submit(() -> {
          together.countDown();
          together.await();
          for (int n = 0; n < EACH; n++) {
            rig.drop("in/" + source + "-" + n, "1");
            rig.notice(
                new ObjectName(
                    new StoreId("millrace.default"), "bucket", "in/" + source + "-" + n));
          }
          return source;
        });
      }

      Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> decided(rig) == SOURCES * EACH);
      assertThat(rig.jobs()).hasSize(SOURCES * EACH);
      assertThat(rig.jobs().stream().map(job -> job.input().name().key())).doesNotHaveDuplicates();
    }
  }

  private static long decided(Rig rig) {
    return rig.desk().counts(Rig.MAIN).values().stream().mapToLong(Long::longValue).sum();
  }
}
