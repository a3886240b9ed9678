package dev.millrace.orch.journal;

import static dev.millrace.orch.journal.Story.GPU;
import static dev.millrace.orch.journal.Story.HOST;
import static dev.millrace.orch.journal.Story.POOL;
import static dev.millrace.orch.journal.Story.RESIZE;
import static dev.millrace.orch.journal.Story.T0;
import static dev.millrace.orch.journal.Story.TENANT;
import static dev.millrace.orch.journal.Story.slice;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.millrace.orch.journal.Transition.CancelJob;
import dev.millrace.orch.journal.Transition.DeployFunction;
import dev.millrace.orch.journal.Transition.EndAttempt;
import dev.millrace.orch.journal.Transition.FreeLease;
import dev.millrace.orch.journal.Transition.PlaceAttempt;
import dev.millrace.schema.id.AcceleratorId;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.id.TenantId;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Slices are promised once. */
interface PlacementContract extends JournalUnderTest {
  @Test
  default void tokensGrowAndNobodyGetsOneTwice() {
    long first = journal().reserveTokens(10);

    assertThat(first).isPositive();
    assertThat(journal().reserveTokens(1)).isGreaterThanOrEqualTo(first + 10);
  }

  @Test
  default void placesAWaitingJobOnADeviceWithRoom() {
    Story story = story();
    story.host(1000);
    JobId job = story.admitted("k");
    PlaceAttempt placement = story.placement(job, 1, slice(GPU, 1000, 100));

    Commit.Committed committed = story.done(placement);

    AttemptId attempt = new AttemptId(job, 1);
    assertThat(story.state(job)).isEqualTo(JobState.PLACED);
    assertThat(story.job(job).attempts()).isEqualTo(1);
    assertThat(journal().attempts(TENANT, job))
        .containsExactly(
            new Attempt(
                TENANT,
                attempt,
                1,
                AttemptState.PLACED,
                HOST,
                POOL,
                placement.token(),
                Story.SIGNED,
                null,
                T0,
                null,
                null,
                null,
                null,
                null,
                null,
                null));
    assertThat(journal().liveLeases())
        .containsExactly(
            new Lease(
                placement.token(),
                TENANT,
                attempt,
                HOST,
                LeaseState.HELD,
                0,
                Duration.ofSeconds(30),
                T0.plusSeconds(60),
                List.of(slice(GPU, 1000, 100)),
                null));
    assertThat(committed.events())
        .containsExactly(
            new PipelineEvent(T0, RESIZE, job, "k", JobState.PLACED, 1, "placed on host-1/gpu-0"));
  }

  @Test
  default void findsAnAttemptWhoseTenantIsNotKnown() {
    Story story = story();
    story.host(1000);
    AttemptId attempt = story.running("k").attempt();

    assertThat(journal().attemptOfAny(attempt)).isEqualTo(journal().attempt(TENANT, attempt));
    assertThat(journal().attempt(new TenantId("other"), attempt)).isEmpty();
    assertThat(journal().attemptOfAny(new AttemptId(attempt.job(), 2))).isEmpty();
  }

  @Test
  default void keepsEverySliceOfALease() {
    Story story = story();
    AcceleratorId second = new AcceleratorId("host-1/gpu-1");
    story.register(HOST, Story.device(HOST, GPU, 1000), Story.device(HOST, second, 1000));
    long token = story.placed(story.admitted("k"), 1, slice(second, 1, 2), slice(GPU, 3, 4));

    assertThat(journal().lease(token).orElseThrow().slices())
        .containsExactly(slice(second, 1, 2), slice(GPU, 3, 4));
  }

  @Test
  default void refusesAJobThatDoesNotWait() {
    Story story = story();
    story.host(1000);
    JobId job = story.running("k").job();

    assertThat(story.refused(story.placement(job, 2, slice(GPU, 1, 1)))).contains("running");
  }

  @Test
  default void refusesAJobThatIsNotThere() {
    Story story = story();
    story.host(1000);
    JobId nobody = story.admission(RESIZE, "k", 1).job();

    assertThat(story.refused(story.placement(nobody, 1, slice(GPU, 1, 1)))).contains("not there");
  }

  @Test
  default void refusesAnAttemptThatIsNotTheNext() {
    Story story = story();
    story.host(1000);
    JobId job = story.admitted("k");

    assertThat(story.refused(story.placement(job, 2, slice(GPU, 1, 1)))).contains("0 attempts");
    assertThat(journal().attempts(TENANT, job)).isEmpty();
  }

  @Test
  default void refusesADeviceThatIsAbsentOrUnknownOrAnothers() {
    Story story = story();
    story.host(1000);
    ProviderId other = new ProviderId("host-2");
    AcceleratorId foreign = new AcceleratorId("host-2/gpu-0");
    story.register(other, Story.device(other, foreign, 1000));
    JobId job = story.admitted("k");

    assertThat(story.refused(story.placement(job, 1, slice(foreign, 1, 1))))
        .contains("not of provider");
    assertThat(story.refused(story.placement(job, 1, slice(new AcceleratorId("host-1/x"), 1, 1))))
        .contains("absent");
    story.register(HOST);
    assertThat(story.refused(story.placement(job, 1, slice(GPU, 1, 1)))).contains("absent");
    assertThat(journal().liveLeases()).isEmpty();
  }

  @Test
  default void refusesAnAttemptWithoutSlicesAndATokenUsedTwice() {
    Story story = story();
    story.host(1000);
    JobId job = story.admitted("k");
    assertThat(story.refused(story.placement(job, 1))).contains("without a slice");

    PlaceAttempt first = story.placement(job, 1, slice(GPU, 1, 1));
    story.done(first);
    PlaceAttempt again =
        new PlaceAttempt(
            TENANT,
            new AttemptId(story.admitted("l"), 1),
            1,
            HOST,
            POOL,
            first.slices(),
            first.token(),
            Story.SIGNED,
            first.leaseDuration(),
            first.hardLimit(),
            T0);
    assertThat(story.refused(again)).contains("used already");
  }

  /** An attempt has the revision that is the newest when it is placed. */
  @Test
  default void refusesAnAttemptOfARevisionThatIsNotTheNewest() {
    Story story = story();
    story.host(1000);
    story.done(new DeployFunction(Story.function(RESIZE, 1), List.of()));
    JobId job = story.admitted("k");
    PlaceAttempt old = story.placement(job, 1, slice(GPU, 10, 1));
    story.done(new DeployFunction(Story.function(RESIZE, 2), List.of()));

    assertThat(story.refused(old)).contains("is at revision 2").contains("an attempt of 1");
    assertThat(story.state(job)).isEqualTo(JobState.WAITING);
    assertThat(journal().liveLeases()).isEmpty();
  }

  @Test
  default void memoryIsNotPromisedTwice() {
    Story story = story();
    story.host(1000);
    story.placed(story.admitted("a"), 1, slice(GPU, 600, 10));

    String reason = story.refused(story.placement(story.admitted("b"), 1, slice(GPU, 401, 10)));

    assertThat(reason).contains("no room").contains("401 MiB").contains("400 MiB");
    story.placed(story.admitted("c"), 1, slice(GPU, 400, 10));
  }

  @Test
  default void computeIsNotPromisedTwice() {
    Story story = story();
    story.host(1000);
    story.placed(story.admitted("a"), 1, slice(GPU, 1, 1));

    assertThat(story.refused(story.placement(story.admitted("b"), 1, slice(GPU, 1, 100))))
        .contains("99% free");
    story.placed(story.admitted("c"), 1, slice(GPU, 1, 99));
  }

  @Test
  default void oneDeviceNamedTwiceInAPlacementCountsTwice() {
    Story story = story();
    story.host(1000);
    JobId job = story.admitted("a");

    story.refused(story.placement(job, 1, slice(GPU, 600, 10), slice(GPU, 600, 10)));

    assertThat(journal().liveLeases()).isEmpty();
    assertThat(journal().attempts(TENANT, job)).isEmpty();
    assertThat(story.state(job)).isEqualTo(JobState.WAITING);
    story.placed(job, 1, slice(GPU, 500, 10), slice(GPU, 500, 10));
  }

  @Test
  default void anEndedAttemptGivesItsSliceBack() {
    Story story = story();
    story.host(10);
    Story.Running running = story.running("a");
    story.done(running.ends(new Next.Produced()));

    assertThat(journal().liveLeases()).isEmpty();
    assertThat(journal().lease(running.token()).orElseThrow().state()).isEqualTo(LeaseState.FREE);
    story.placed(story.admitted("b"), 1, slice(GPU, 10, 100));
  }

  @Test
  default void aQuarantinedLeaseHoldsItsSliceUntilItIsFreed() {
    Story story = story();
    story.host(10);
    Story.Running running = story.running("a");
    story.done(quarantine(running));
    JobId next = story.admitted("b");

    assertThat(journal().liveLeases())
        .extracting(Lease::state, Lease::reason)
        .containsExactly(tuple(LeaseState.QUARANTINED, "silent"));
    assertThat(story.refused(story.placement(next, 1, slice(GPU, 1, 1)))).contains("no room");

    story.done(new FreeLease(TENANT, running.token(), "stopped", T0));

    assertThat(journal().liveLeases()).isEmpty();
    story.placed(next, 1, slice(GPU, 10, 100));
  }

  private static EndAttempt quarantine(Story.Running running) {
    EndAttempt end = running.ends(new Next.Retry(T0.plusSeconds(2), false, "no word from its run"));
    return new EndAttempt(
        TENANT,
        end.attempt(),
        end.token(),
        end.run(),
        "lost",
        null,
        "no word",
        null,
        new LeaseEnd.Quarantine("silent"),
        end.next(),
        end.entry(),
        end.at());
  }

  @Test
  default void onlyAQuarantinedLeaseIsFreed() {
    Story story = story();
    story.host(10);
    Story.Running running = story.running("a");

    story.refused(new FreeLease(TENANT, running.token(), "r", T0));
    story.refused(new FreeLease(TENANT, 999, "r", T0));
    story.done(quarantine(running));
    story.refused(new FreeLease(new TenantId("other"), running.token(), "r", T0));
    story.done(new FreeLease(TENANT, running.token(), "r", T0));
    story.refused(new FreeLease(TENANT, running.token(), "r", T0));
  }

  @Test
  default void aJobAskedToStopIsNotPlacedAgain() {
    Story story = story();
    story.host(10);
    Story.Running running = story.running("a");
    story.done(new CancelJob(TENANT, running.job(), "enough", T0));
    story.done(running.ends(new Next.Retry(T0, true, "failed")));

    assertThat(story.state(running.job())).isEqualTo(JobState.CANCELLED);
    story.refused(story.placement(running.job(), 2, slice(GPU, 1, 1)));
  }
}
