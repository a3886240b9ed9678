package dev.millrace.orch.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.orch.live.LiveLogs.Reading;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.run.RunChannel.Followed;
import dev.millrace.schema.run.RunChannel.Heard;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class LiveLogsTest {
  private static final ProviderId HERE = new ProviderId("here");
  private static final ProviderId ELSEWHERE = new ProviderId("elsewhere");
  private static final long MAX = 1000;

  private final AtomicLong nanos = new AtomicLong(1);

  private final LiveLogs live = new LiveLogs(nanos::get, new SplittableRandom(7));
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void stop() {
    live.close();
    threads.close();
  }

  private static RunRef run(int number) {
    return new RunRef(
        new AttemptId(new JobId("01jc%022d".formatted(number)), 1),
        new RunId("01jd%022d".formatted(number)),
        7);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  /** Marks a run, of which there is nothing yet. */
  private void marked(RunRef run) {
    threads.submit(() -> live.read(run, HERE, MAX, false));
    await().until(() -> live.printed(run, 0, new byte[0]).equals(new Heard.GoOn(0)));
  }

  private Followed.Runs asked(long known) throws InterruptedException {
    return (Followed.Runs) live.followed(HERE, known, Duration.ZERO);
  }

  private String text(RunRef run) throws InterruptedException {
    Reading reading = live.read(run, HERE, MAX, true);
    assertThat(reading).isInstanceOf(Reading.SoFar.class);
    return new String(((Reading.SoFar) reading).text().read(0, 5000), StandardCharsets.UTF_8);
  }

  @Test
  void nobodyIsReadAlongWithAtFirstAndTheAnswerHasAVersion() throws Exception {
    assertThat(asked(0).runs()).isEmpty();
    assertThat(asked(0).version()).isPositive();
  }

  @Test
  void aPollThatIsOpenEndsWhenSomebodyReadsAlong() throws Exception {
    long known = asked(0).version();
    Future<Followed> poll =
        threads.submit(() -> live.followed(HERE, known, Duration.ofSeconds(30)));

    marked(run(1));

    assertThat(((Followed.Runs) poll.get()).runs()).containsExactly(run(1).run());
  }

  @Test
  void aProviderIsNotToldOfAnothersRuns() throws Exception {
    marked(run(1));

    assertThat(((Followed.Runs) live.followed(ELSEWHERE, 0, Duration.ZERO)).runs()).isEmpty();
  }

  @Test
  void textComesInItsOrderWhateverComesTwice() throws Exception {
    marked(run(1));

    assertThat(live.printed(run(1), 0, bytes("one "))).isEqualTo(new Heard.GoOn(4));
    assertThat(live.printed(run(1), 0, bytes("one "))).isEqualTo(new Heard.GoOn(4));
    assertThat(live.printed(run(1), 9, bytes("three"))).isEqualTo(new Heard.GoOn(4));
    assertThat(live.printed(run(1), 4, bytes("two"))).isEqualTo(new Heard.GoOn(7));

    assertThat(text(run(1))).isEqualTo("one two");
  }

  @Test
  void nothingIsTakenOfARunThatNobodyReadsAlongWith() {
    assertThat(live.printed(run(1), 0, bytes("x"))).isEqualTo(new Heard.Enough());
  }

  @Test
  void moreThanALogMayHaveIsNotTaken() throws Exception {
    marked(run(1));

    assertThat(live.printed(run(1), 0, new byte[5000])).isEqualTo(new Heard.GoOn(MAX));
    assertThat(live.printed(run(1), MAX, bytes("x"))).isEqualTo(new Heard.Enough());
  }

  @Test
  void aMarkIsForgottenThatNobodyRenewsAndItsProviderIsTold() throws Exception {
    marked(run(1));
    live.printed(run(1), 0, bytes("x"));
    long known = asked(0).version();

    pass(LiveLogs.MARK.minusSeconds(1));
    assertThat(text(run(1))).isEqualTo("x");
    pass(LiveLogs.MARK.minusSeconds(1));
    assertThat(asked(known).runs()).containsExactly(run(1).run());
    pass(Duration.ofSeconds(2));

    assertThat(asked(known).runs()).isEmpty();
    assertThat(asked(known).version()).isNotEqualTo(known);
    assertThat(live.printed(run(1), 1, bytes("x"))).isEqualTo(new Heard.Enough());
  }

  @Test
  void ofAProviderThatNeverAsksNothingIsExpected() throws Exception {
    live.close();

    assertThat(live.read(run(1), HERE, MAX, false)).isInstanceOf(Reading.SoFar.class);
    assertThat(live.read(run(1), HERE, MAX, true)).isEqualTo(new Reading.Never());
    asked(0);
    assertThat(live.read(run(1), HERE, MAX, true)).isInstanceOf(Reading.SoFar.class);
    pass(LiveLogs.HEARD);
    assertThat(live.read(run(1), HERE, MAX, true)).isEqualTo(new Reading.Never());
  }

  @Test
  void soManyRunsAreReadAlongWithAndNoMore() throws Exception {
    live.close();
    asked(0);
    for (int i = 0; i < LiveLogs.RUNS_MAX; i++) {
      live.read(run(i), HERE, MAX, true);
    }

    assertThat(live.read(run(5000), HERE, MAX, true)).isEqualTo(new Reading.Never());
    assertThat(live.read(run(5), HERE, MAX, true)).isInstanceOf(Reading.SoFar.class);
  }

  @Test
  void soMuchTextIsKeptInAllAndNoMore() throws Exception {
    live.close();
    byte[] much = new byte[(int) (LiveLogs.BYTES_MAX / 2)];
    for (int i = 1; i <= 3; i++) {
      live.read(run(i), HERE, LiveLogs.BYTES_MAX, false);
    }

    assertThat(live.printed(run(1), 0, much)).isEqualTo(new Heard.GoOn(much.length));
    assertThat(live.printed(run(2), 0, much)).isEqualTo(new Heard.GoOn(much.length));
    assertThat(live.printed(run(3), 0, much)).isEqualTo(new Heard.Enough());
    pass(LiveLogs.MARK.plusSeconds(1));
    live.read(run(3), HERE, LiveLogs.BYTES_MAX, false);
    assertThat(live.printed(run(3), 0, much)).isEqualTo(new Heard.GoOn(much.length));
  }
}
