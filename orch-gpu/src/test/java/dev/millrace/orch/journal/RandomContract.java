package dev.millrace.orch.journal;

import static dev.millrace.orch.journal.Story.GPU;
import static dev.millrace.orch.journal.Story.RESIZE;
import static dev.millrace.orch.journal.Story.T0;
import static dev.millrace.orch.journal.Story.TENANT;
import static dev.millrace.orch.journal.Story.slice;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.journal.JournalModel.ModelJob;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.id.RunId;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Long random stories, told to the journal and to a model of it; each names its seed. */
interface RandomContract extends JournalUnderTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  default void answersAsItsModel(long seed) {
    new Walk(journal(), story(), new Random(seed), seed).walk(800);
  }

  /** One random story. */
  final class Walk {
    private final Journal journal;
    private final Story story;
    private final Random random;
    private final long seed;
    private final JournalModel model = new JournalModel();
    private final Map<ModelJob, JobState> ended = new HashMap<>();
    private int step;

    Walk(Journal journal, Story story, Random random, long seed) {
      this.journal = journal;
      this.story = story;
      this.random = random;
      this.seed = seed;
    }

    void walk(int steps) {
      story.host(JournalModel.SIZE);
      admit();
      for (step = 0; step < steps; step++) {
        if (random.nextInt(4) == 0) {
          admit();
        } else {
          act(someJob());
        }
        if (step % 20 == 0) {
          check();
        }
      }
      check();
      assertThat(model.ended).as("attempts ended with seed %d", seed).isGreaterThan(20);
    }

    /** Mostly one with an attempt, else most steps would be conflicts. */
    private ModelJob someJob() {
      List<ModelJob> live = model.jobs.stream().filter(ModelJob::liveAttempt).toList();
      List<ModelJob> from = live.isEmpty() || random.nextInt(3) == 0 ? model.jobs : live;
      return from.get(random.nextInt(from.size()));
    }

    private void admit() {
      String key = "k" + random.nextInt(6);
      long version = 1 + random.nextInt(30);
      Admission admission = story.admission(RESIZE, key, version);
      story.done(story.decision(story.noticed(TENANT, key), key, admission));
      model.admit(admission.job(), key, version);
    }

    private void act(ModelJob job) {
      switch (random.nextInt(14)) {
        case 0, 1, 2 -> place(job);
        case 3, 4 -> {
          long token = token(job);
          expect(
              model.stage(job, token),
              new Transition.StageAttempt(TENANT, attempt(job), token, T0));
        }
        case 5, 6 -> claim(job);
        case 7, 8, 9 -> end(job);
        case 10 -> expect(model.cancel(job), new Transition.CancelJob(TENANT, job.id, "r", T0));
        case 11 -> {
          expect(model.redrive(job), new Transition.RedriveJob(TENANT, job.id, T0));
          if (random.nextInt(4) == 0) {
            expect(model.discard(job), new Transition.DiscardJob(TENANT, job.id, "r", T0));
          }
        }
        case 12 -> {
          expect(model.beginPublication(job), Story.publication(job.id));
          if (random.nextBoolean()) {
            expect(model.finishPublication(job), Story.published(job.id, "o" + job.key));
          }
        }
        default -> free(job);
      }
    }

    /** Mostly the right one. */
    private long token(ModelJob job) {
      return Math.max(1, random.nextInt(8) == 0 ? job.token - 1 : job.token);
    }

    private AttemptId attempt(ModelJob job) {
      return new AttemptId(job.id, Math.max(1, job.attempts));
    }

    private void place(ModelJob job) {
      int number = job.attempts + (random.nextInt(8) == 0 ? 2 : 1);
      long mib = 1 + random.nextInt(50);
      Transition.PlaceAttempt placement = story.placement(job.id, number, slice(GPU, mib, 1));
      expect(model.place(job, number, placement.token(), mib), placement);
    }

    private void claim(ModelJob job) {
      RunId run = job.run != null && random.nextBoolean() ? job.run : story.run();
      long token = token(job);
      expect(
          model.claim(job, token, run),
          new Transition.ClaimAttempt(TENANT, attempt(job), token, run, T0, T0));
    }

    private void end(ModelJob job) {
      @Nullable RunId run = random.nextInt(6) == 0 ? story.run() : job.run;
      long token = token(job);
      Next next =
          List.of(
                  new Next.Produced(),
                  new Next.Produced(),
                  new Next.Retry(T0, true, "again"),
                  new Next.Ended(JobState.DEAD, "dead"),
                  new Next.Ended(JobState.INPUT_GONE, "gone"))
              .get(random.nextInt(5));
      boolean quarantine = random.nextInt(3) == 0;
      Transition.EndAttempt plain = Story.ending(attempt(job), token, run, next);
      LeaseEnd lease = quarantine ? new LeaseEnd.Quarantine("silent") : plain.lease();
      expect(
          model.end(job, token, run, next, quarantine),
          new Transition.EndAttempt(
              TENANT,
              plain.attempt(),
              token,
              run,
              plain.outcome(),
              null,
              "r",
              null,
              lease,
              next,
              plain.entry(),
              T0));
    }

    private void free(ModelJob job) {
      long token = model.quarantined.keySet().stream().findFirst().orElse(Math.max(1, job.token));
      expect(model.free(token), new Transition.FreeLease(TENANT, token, "stopped", T0));
    }

    private void expect(boolean possible, Transition transition) {
      Commit commit = journal.commit(transition);
      assertThat(commit instanceof Commit.Committed)
          .as("seed %d, step %d: %s answered %s", seed, step, transition, commit)
          .isEqualTo(possible);
    }

    private void check() {
      Map<JobState, Long> counts = new EnumMap<>(JobState.class);
      for (ModelJob job : model.jobs) {
        JobState found = story.state(job.id);
        assertThat(found).as("seed %d, step %d, job %s", seed, step, job.id).isEqualTo(job.state);
        assertThat(ended.getOrDefault(job, found)).isEqualTo(found);
        if (found.kind() == JobState.Kind.TERMINAL) {
          ended.put(job, found);
        }
        counts.merge(found, 1L, Long::sum);
      }
      assertThat(journal.counts(TENANT)).isEqualTo(counts);
      long reserved =
          journal.liveLeases().stream()
              .flatMap(lease -> lease.slices().stream())
              .mapToLong(slice -> slice.memory().value())
              .sum();
      assertThat(reserved).isEqualTo(model.reserved()).isLessThanOrEqualTo(JournalModel.SIZE);
      List<AttemptId> entries =
          journal.outbox("l", 10_000).stream().map(item -> item.entry().attempt()).toList();
      assertThat(entries).hasSize(model.ended).doesNotHaveDuplicates();
    }
  }
}
