package dev.millrace.orch.journal;

import static dev.millrace.orch.journal.Story.GPU;
import static dev.millrace.orch.journal.Story.RESIZE;
import static dev.millrace.orch.journal.Story.T0;
import static dev.millrace.orch.journal.Story.TENANT;
import static dev.millrace.orch.journal.Story.object;
import static dev.millrace.orch.journal.Story.slice;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.orch.journal.Transition.AcceptNotices;
import dev.millrace.orch.journal.Transition.DecideNotice;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.id.JobId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Many callers at once, from virtual threads. */
interface ConcurrencyContract extends JournalUnderTest {
  int CALLERS = 32;
  long SIZE = 1000;

  @Test
  default void callersWhoPlaceOnOneDeviceNeverExceedIt() throws Exception {
    Story story = story();
    story.host(SIZE);
    List<JobId> jobs = IntStream.range(0, CALLERS).mapToObj(i -> story.admitted("k" + i)).toList();
    AtomicBoolean done = new AtomicBoolean();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Long> most = threads.submit(() -> mostReserved(done));
      List<Future<Integer>> callers = new ArrayList<>();
      for (JobId job : jobs) {
        callers.add(threads.submit(() -> placeAndEnd(job)));
      }
      int placed = 0;
      for (Future<Integer> caller : callers) {
        placed += caller.get();
      }
      done.set(true);

      assertThat(most.get()).isBetween(1L, SIZE);
      assertThat(placed).isGreaterThan(CALLERS);
    }
    assertThat(journal().liveLeases()).isEmpty();
    assertThat(journal().outbox("l", 1000)).hasSize(attemptsOf(jobs));
  }

  private int attemptsOf(List<JobId> jobs) {
    return jobs.stream().mapToInt(job -> story().job(job).attempts()).sum();
  }

  private long mostReserved(AtomicBoolean done) {
    long most = 0;
    while (!done.get()) {
      long reserved =
          journal().liveLeases().stream()
              .flatMap(lease -> lease.slices().stream())
              .mapToLong(slice -> slice.memory().value())
              .sum();
      most = Math.max(most, reserved);
    }
    return most;
  }

  /** Twelve tries of a quarter of the device each; how many of them got it. */
  private int placeAndEnd(JobId job) {
    int placed = 0;
    for (int tries = 0; tries < 12; tries++) {
      Transition.PlaceAttempt placement =
          story().placement(job, placed + 1, slice(GPU, SIZE / 4, 1));
      if (journal().commit(placement) instanceof Commit.Committed) {
        placed++;
        story()
            .done(
                Story.ending(
                    new AttemptId(job, placed),
                    placement.token(),
                    null,
                    new Next.Retry(T0, false, "again")));
      }
    }
    return placed;
  }

  @Test
  default void callersWhoAdmitOneVersionMakeOneJob() throws Exception {
    Story story = story();
    story.done(
        new AcceptNotices(
            TENANT, IntStream.range(0, CALLERS).mapToObj(i -> Story.notice("k")).toList()));
    List<DecideNotice> decisions = new ArrayList<>();
    for (PendingNotice pending : journal().pendingNotices(0, 100)) {
      decisions.add(story.decision(pending.id(), "k", story.admission(RESIZE, "k", 1)));
    }
    int told = 0;
    for (Commit commit : all(decisions)) {
      told += ((Commit.Committed) commit).events().size();
    }

    assertThat(told).isEqualTo(1);
    assertThat(journal().jobsOf(TENANT, object("k"), 100)).hasSize(1);
  }

  @Test
  default void aStepThatFailsHarmsNoOtherOfItsBatch() throws Exception {
    Story story = story();
    JobId taken = story.admitted("taken");
    List<Future<Commit>> bad = new ArrayList<>();
    List<Future<Commit>> good = new ArrayList<>();
    List<DecideNotice> failing = new ArrayList<>();
    List<DecideNotice> sound = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      Admission plain = story.admission(RESIZE, "bad" + i, 1);
      Admission twice = new Admission(taken, RESIZE, plain.input(), 1, 0, 0, "");
      failing.add(story.decision(story.noticed(TENANT, "bad" + i), "bad" + i, twice));
      Admission fine = story.admission(RESIZE, "good" + i, 1);
      sound.add(story.decision(story.noticed(TENANT, "good" + i), "good" + i, fine));
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 16; i++) {
        DecideNotice fails = failing.get(i);
        DecideNotice works = sound.get(i);
        bad.add(threads.submit(() -> journal().commit(fails)));
        good.add(threads.submit(() -> journal().commit(works)));
      }
    }

    assertThat(bad).allSatisfy(one -> assertThat(one).failsWithin(Duration.ZERO));
    assertThat(good).allSatisfy(one -> assertThat(one.get()).isInstanceOf(Commit.Committed.class));
    assertThat(journal().counts(TENANT)).isEqualTo(Map.of(JobState.WAITING, 17L));
    assertThat(journal().pendingNotices(0, 100)).hasSize(16);
    assertThat(journal().knows(RESIZE, object("bad0"), Story.version(1))).isFalse();
  }

  @Test
  default void oneOfManyClaimsWins() throws Exception {
    Story story = story();
    story.host(SIZE);
    JobId job = story.admitted("k");
    long token = story.placed(job, 1, slice(GPU, 1, 1));

    List<Commit> claims =
        all(
            IntStream.range(0, CALLERS)
                .mapToObj(i -> story.claim(job, 1, token, story.run()))
                .toList());

    assertThat(claims.stream().filter(Commit.Committed.class::isInstance)).hasSize(1);
  }

  private List<Commit> all(List<? extends Transition> transitions)
      throws InterruptedException, ExecutionException {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Commit>> answers =
          transitions.stream()
              .map(transition -> threads.submit(() -> journal().commit(transition)))
              .toList();
      List<Commit> commits = new ArrayList<>();
      for (Future<Commit> answer : answers) {
        commits.add(answer.get());
      }
      return commits;
    }
  }

  @Test
  default void tokensOfManyCallersDiffer() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Long>> answers =
          IntStream.range(0, 100)
              .mapToObj(i -> threads.submit(() -> journal().reserveTokens(2)))
              .toList();
      List<Long> tokens = new ArrayList<>();
      for (Future<Long> answer : answers) {
        tokens.add(answer.get());
        tokens.add(answer.get() + 1);
      }
      assertThat(tokens).doesNotHaveDuplicates();
    }
  }

  @Test
  default void whatIsHandedOverIsMadeInThatOrderEachForItself() {
    Story story = story();
    AcceptNotices three =
        new AcceptNotices(
            TENANT, List.of(Story.notice("k1"), Story.notice("k2"), Story.notice("k3")));
    story.done(three);
    List<Long> ids = journal().pendingNotices(0, 10).stream().map(PendingNotice::id).toList();

    Handed first = journal().hand(story.decision(ids.get(0), "k1"));
    Handed again = journal().hand(story.decision(ids.get(0), "k1"));
    Handed second = journal().hand(story.decision(ids.get(1), "k2"));
    Handed more = journal().hand(new AcceptNotices(TENANT, List.of(Story.notice("k4"))));

    assertThat(more.await()).isInstanceOf(Commit.Committed.class);
    assertThat(second.await()).isInstanceOf(Commit.Committed.class);
    assertThat(again.await()).isInstanceOf(Commit.Conflict.class);
    assertThat(first.await()).isInstanceOf(Commit.Committed.class);
    assertThat(journal().pendingNotices(0, 10).stream().map(p -> p.notice().object().key()))
        .containsExactly("k3", "k4");
  }

  @Test
  default void whatIsHandedOverAndFailsTakesNothingElseAlong() {
    Story story = story();
    JobId job = story.admitted("k");
    story.done(new AcceptNotices(TENANT, List.of(Story.notice("k1"), Story.notice("k2"))));
    List<Long> ids = journal().pendingNotices(0, 10).stream().map(PendingNotice::id).toList();
    Transition.EndJob never =
        new Transition.EndJob(TENANT, job, JobState.RUNNING, JobState.DEAD, "no such step", T0);

    Handed first = journal().hand(story.decision(ids.get(0), "k1"));
    Handed bad = journal().hand(never);
    Handed second = journal().hand(story.decision(ids.get(1), "k2"));

    assertThatThrownBy(bad::await).isInstanceOf(IllegalArgumentException.class);
    assertThat(first.await()).isInstanceOf(Commit.Committed.class);
    assertThat(second.await()).isInstanceOf(Commit.Committed.class);
    assertThat(journal().pendingNotices(0, 10)).isEmpty();
  }
}
