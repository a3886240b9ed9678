package dev.millrace.orch.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.fleet.Slice;
import dev.millrace.schema.id.JobId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What holds for every input; each failure names the seed that makes its scene. */
final class PlannerPropertiesTest {
  private static final long FIRST_SEED = 20_260_301;
  private static final int SCENES = 2_000;

  @Test
  void promisesNoDeviceTwice() {
    forEachScene((seed, input) -> {
      Plan plan = Planner.plan(input);

      PlainRules after = new PlainRules(input);
      for (Decision.Start start : plan.starts()) {
        assertStartIsAllowed(seed, input, after, start);
      }
    });
  }

  @Test
  void decidesEachJobOnceAndCountsTheRest() {
    forEachScene((seed, input) -> {
      Plan plan = Planner.plan(input);

      Set<JobId> decided = plan.decisions().stream().map(Decision::job).collect(Collectors.toSet());
      assertThat(decided).as("seed %d", seed).hasSameSizeAs(plan.decisions());
      assertThat(decided.size() + plan.undecided())
          .as("seed %d", seed)
          .isEqualTo(input.queue().size());
    });
  }

  @Test
  void givesTheSamePlanForTheSameInputWhateverTheOrderOfItsLists() {
    forEachScene((seed, input) -> {
      Random random = new Random(seed);
      PlanInput shuffled =
          new PlanInput(
              shuffled(input.queue(), random),
              input.usage(),
              new FleetView(
                  shuffled(input.fleet().devices(), random),
                  shuffled(input.fleet().pools(), random)),
              input.policy(),
              input.now());

      assertThat(Planner.plan(shuffled)).as("seed %d", seed).isEqualTo(Planner.plan(input));
    });
  }

  @Test
  void refusesExactlyWhatNoKnownProviderCouldEverHold() {
    int[] refused = {0};
    forEachScene((seed, input) -> {
      Map<JobId, WaitingJob> jobs = jobs(input);
      for (Decision decision : Planner.plan(input).decisions()) {
        boolean possible = everFits(input, jobs.get(decision.job()));
        switch (decision) {
          case Decision.Refuse refuse -> {
            assertThat(possible).as("seed %d: %s", seed, refuse).isFalse();
            refused[0]++;
          }
          case Decision.Wait wait ->
              assertThat(wait.reason().cause() == WaitReason.Cause.UNDECLARED)
                  .as("seed %d: %s", seed, wait)
                  .isEqualTo(!possible);
          case Decision.Start start -> assertThat(possible).as("seed %d: %s", seed, start).isTrue();
        }
      }
    });
    assertThat(refused[0]).isGreaterThan(1_000);
  }

  @Test
  void placesEachJobAsTheSearchOfAllCombinationsDoes() {
    int[] started = {0, 0};
    LongStream.range(FIRST_SEED, FIRST_SEED + SCENES)
        .forEach(seed -> {
          PlanInput input = new RandomScene(seed).inputInAdmissionOrder();
          Map<JobId, WaitingJob> jobs = jobs(input);
          PlainRules plain = new PlainRules(input);
          for (Decision decision : Planner.plan(input).decisions()) {
            WaitingJob job = jobs.get(decision.job());
            List<Slice> slices =
                decision instanceof Decision.Start start ? start.slices() : List.of();
            assertThat(slices.stream().map(s -> s.accelerator().value()).toList())
                .as("seed %d: %s", seed, decision)
                .isEqualTo(plain.choose(job));
            plain.take(job, slices);
            started[slices.size() > 1 ? 1 : 0] += slices.isEmpty() ? 0 : 1;
          }
        });
    assertThat(started[0]).isGreaterThan(1_000);
    assertThat(started[1]).isGreaterThan(100);
  }

  private static void assertStartIsAllowed(
      long seed, PlanInput input, PlainRules after, Decision.Start start) {
    WaitingJob job = jobs(input).get(start.job());
    Map<String, DeviceView> devices = new HashMap<>();
    input.fleet().devices().forEach(d -> devices.put(d.accelerator().id().value(), d));
    Set<String> distinct = new HashSet<>();
    for (Slice slice : start.slices()) {
      String id = slice.accelerator().value();
      DeviceView view = devices.get(id);
      assertThat(after.taken(id).exclusive).as("seed %d: %s taken whole", seed, id).isFalse();
      assertThat(distinct.add(id)).as("seed %d: %s once", seed, id).isTrue();
      assertThat(view.present()).as("seed %d: %s present", seed, id).isTrue();
      assertThat(view.accelerator().provider()).isEqualTo(start.provider());
      assertThat(view.accelerator().pool()).isEqualTo(start.pool());
      assertThat(slice.memory().value()).isEqualTo(after.memory(job));
    }
    assertThat(start.slices()).as("seed %d", seed).hasSize(job.request().count());
    after.take(job, start.slices());
    for (String id : distinct) {
      PlainRules.Taken now = after.taken(id);
      assertThat(now.memory)
          .as("seed %d: memory of %s", seed, id)
          .isLessThanOrEqualTo(devices.get(id).accelerator().memory().value());
      assertThat(now.percent).as("seed %d: compute of %s", seed, id).isLessThanOrEqualTo(100);
      assertThat(!now.exclusive || now.holders == 1).as("seed %d: %s alone", seed, id).isTrue();
    }
  }

  private static boolean everFits(PlanInput input, WaitingJob job) {
    PlainRules plain = new PlainRules(input);
    Map<String, Accelerator> known = new HashMap<>();
    for (PoolDeclaration pool : input.fleet().pools()) {
      if (pool instanceof PoolDeclaration.Declared declared) {
        declared.accelerators().forEach(a -> known.put(a.id().value(), a));
      }
    }
    input.fleet().devices().forEach(d -> known.put(d.accelerator().id().value(), d.accelerator()));
    return known.values().stream()
        .filter(a -> plain.fitsIdle(job, a))
        .collect(Collectors.groupingBy(a -> a.provider() + " " + a.pool(), Collectors.counting()))
        .values()
        .stream()
        .anyMatch(count -> count >= job.request().count());
  }

  private static Map<JobId, WaitingJob> jobs(PlanInput input) {
    return input.queue().stream().collect(Collectors.toMap(WaitingJob::id, Function.identity()));
  }

  private static <T> List<T> shuffled(List<T> list, Random random) {
    List<T> copy = new ArrayList<>(list);
    Collections.shuffle(copy, random);
    return copy;
  }

  private interface Check {
    void on(long seed, PlanInput input);
  }

  private static void forEachScene(Check check) {
    for (long seed = FIRST_SEED; seed < FIRST_SEED + SCENES; seed++) {
      check.on(seed, new RandomScene(seed).input());
    }
  }
}
