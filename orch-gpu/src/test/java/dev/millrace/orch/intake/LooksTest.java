package dev.millrace.orch.intake;

import static dev.millrace.orch.journal.Story.STORE;
import static dev.millrace.orch.journal.Story.TENANT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.intake.Looks.Turn;
import dev.millrace.orch.journal.PendingNotice;
import dev.millrace.orch.journal.Story;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class LooksTest {
  private static final Duration PATIENCE = Duration.ofMillis(200);

  private final CountDownLatch end = new CountDownLatch(1);
  private final AtomicInteger made = new AtomicInteger();

  /** What hangs is not the store: the journal is asked, say. */
  @Test
  void whatIsSlowHereIsNoSilenceOfAStore() throws Exception {
    try (Looks looks = new Looks((notice, asking) -> hang(), PATIENCE, () -> 0)) {
      looks.ask(notices(1, 16), Turn.FIRST);

      assertThat(looks.next(32)).isEmpty();
      assertThat(looks.isSilent(STORE)).isFalse();
      assertThat(looks.begin()).isEmpty();
      assertThat(looks.isSilent(STORE)).isFalse();
      end.countDown();
    }
  }

  @Test
  void aStoreIsSilentWhenItKeepsManyWaitingAndNotWhenItKeepsAFew() throws Exception {
    Looks.Eye eye =
        (notice, asking) -> {
          asking.set(true);
          return hang();
        };
    try (Looks looks = new Looks(eye, PATIENCE, () -> 0)) {
      looks.ask(notices(1, 7), Turn.FIRST);
      assertThat(looks.next(32)).isEmpty();
      assertThat(looks.isSilent(STORE)).isFalse();

      looks.begin();
      looks.ask(notices(1, 8), Turn.FIRST);
      assertThat(looks.next(32)).isEmpty();
      assertThat(looks.isSilent(STORE)).isTrue();
      assertThat(made).as("none is looked at twice at a time").hasValue(8);
      end.countDown();
    }
  }

  /** Every seventh is answered. */
  @Test
  void anAnswerBetweenThoseThatDoNotComeIsNoSilence() throws Exception {
    Looks.Eye eye =
        (notice, asking) -> notice.id() % 7 == 0 ? new Looks.Refused() : new Looks.Unanswered();
    try (Looks looks = new Looks(eye, Duration.ofSeconds(10), () -> 0)) {
      for (long id = 1; id <= 70; id++) {
        looks.ask(notices(id, id), Turn.FIRST);
        assertThat(looks.next(1)).hasSize(1);
      }
      assertThat(looks.isSilent(STORE)).isFalse();
      for (long id = 71; id <= 76; id++) {
        looks.ask(notices(id, id), Turn.FIRST);
        looks.next(1);
      }
      looks.ask(notices(78, 79), Turn.FIRST);
      looks.next(2);
      looks.next(1);
      assertThat(looks.isSilent(STORE)).isTrue();
    }
  }

  private static List<PendingNotice> notices(long from, long to) {
    return LongStream.rangeClosed(from, to)
        .mapToObj(id -> new PendingNotice(id, TENANT, Story.notice(id + ".fa")))
        .toList();
  }

  private Looks.Look hang() {
    made.incrementAndGet();
    try {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return new Looks.Refused();
  }
}
