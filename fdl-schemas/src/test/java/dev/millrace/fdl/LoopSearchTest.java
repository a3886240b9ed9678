package dev.millrace.fdl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.sun.management.ThreadMXBean;
import dev.millrace.schema.function.FunctionSpec;
import dev.millrace.schema.function.InputRule;
import dev.millrace.schema.function.OutputRule;
import dev.millrace.schema.object.StoreId;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** All loops are found and nothing else, however the filters lie, and soon. */
class LoopSearchTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final long ALLOCATED_MAX = 600L << 20;

  @Test
  void findsInRandomGraphsWhatALookAtEachPairFinds() {
    int looping = 0;
    int calm = 0;
    for (int seed = 0; seed < 400; seed++) {
      Random random = new Random(seed);
      List<FunctionSpec> all = graph(random, 1 + random.nextInt(14));
      BitSet expected = LoopGraph.looping(all);
      int fresh = random.nextInt(all.size() + 1);

      assertThat(told(Loops.among(all), all)).as("seed %d", seed).isEqualTo(expected);
      Loops through = Loops.through(all.subList(0, fresh), all.subList(fresh, all.size()));
      BitSet wanted = (BitSet) expected.clone();
      wanted.clear(fresh, all.size());
      BitSet found = told(through, all);
      found.clear(fresh, all.size());
      assertThat(found).as("seed %d, fresh %d", seed, fresh).isEqualTo(wanted);
      looping += expected.cardinality();
      calm += all.size() - expected.cardinality();
    }

    assertThat(looping).isGreaterThan(300);
    assertThat(calm).isGreaterThan(300);
  }

  /** Of those in loops too; each step of each loop is looked at. */
  private static BitSet told(Loops loops, List<FunctionSpec> all) {
    List<String> names = all.stream().map(f -> f.name().value()).toList();
    BitSet told = new BitSet();
    for (Loop loop : loops.named()) {
      for (int i = 0; i < loop.steps().size(); i++) {
        Loop.Step step = loop.steps().get(i);
        FunctionSpec from = all.get(names.indexOf(step.function().value()));
        Loop.Step then = loop.steps().get((i + 1) % loop.steps().size());
        FunctionSpec to = all.get(names.indexOf(then.function().value()));
        assertThat(from.outputs()).contains(step.output());
        assertThat(to.inputs()).contains(step.input());
        assertThat(LoopGraph.leads(step.output(), step.input())).isTrue();
        told.set(names.indexOf(step.function().value()));
      }
    }
    loops.more().forEach(name -> told.set(names.indexOf(name.value())));
    return told;
  }

  private static List<FunctionSpec> graph(Random random, int size) {
    List<FunctionSpec> all = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      List<InputRule> in = new ArrayList<>();
      for (int k = random.nextInt(3); k > 0; k--) {
        in.add(
            new InputRule(
                StoreId.EMBEDDED, bucket(random), folder(random), texts(random), texts(random)));
      }
      List<OutputRule> out = new ArrayList<>();
      for (int k = random.nextInt(3); k > 0; k--) {
        out.add(
            new OutputRule(
                StoreId.EMBEDDED, bucket(random), folder(random), texts(random), texts(random)));
      }
      all.add(LoopGraph.function(i, in, out));
    }
    return all;
  }

  private static String bucket(Random random) {
    return "box" + random.nextInt(2);
  }

  private static String folder(Random random) {
    return List.of("", "", "a", "a/b", "b").get(random.nextInt(5));
  }

  private static List<String> texts(Random random) {
    List<String> texts = new ArrayList<>();
    for (int k = random.nextInt(4) - 1; k > 0; k--) {
      StringBuilder text = new StringBuilder();
      for (int n = 1 + random.nextInt(3); n > 0; n--) {
        text.append("ab/".charAt(random.nextInt(3)));
      }
      texts.add(text.toString());
    }
    return texts;
  }

  @Test
  void manyThatReadAndWriteOneBucketAreSearchedSoon() {
    List<FunctionSpec> all =
        functions(6_000, i -> LoopGraph.function(i, inputs("box", 1, i), outputs("box", 1, i)));
    Loops loops = soon(() -> Loops.among(all));

    assertThat(loops.named()).hasSize(Loops.NAMED_MAX);
    assertThat(toldBy(loops)).hasSize(6_000);
  }

  @Test
  void manyLoopsOfTheirOwnAreNamedUpToANumber() {
    List<FunctionSpec> all =
        functions(
            6_000,
            i -> LoopGraph.function(i, inputs("b" + i / 2, 1, 0), outputs("b" + i / 2, 1, 0)));
    Loops loops = soon(() -> Loops.among(all));

    assertThat(loops.named()).hasSize(Loops.NAMED_MAX);
    assertThat(toldBy(loops)).hasSize(6_000);
  }

  /**
   * Each output's beginning fits every input, and its end the half of them whose beginning fits
   * not.
   */
  @Test
  void filtersThatFitByHalvesAreSearchedSoon() {
    List<FunctionSpec> all =
        functions(
            1_000,
            i ->
                LoopGraph.function(
                    i,
                    IntStream.range(0, 8)
                        .mapToObj(k ->
                            k % 2 == 0
                                ? in("p/" + i + "." + k, "x" + i)
                                : in("q/" + i, i + "." + k + "y"))
                        .toList(),
                    IntStream.range(0, 8)
                        .mapToObj(k ->
                            new OutputRule(
                                StoreId.EMBEDDED,
                                "box",
                                "p",
                                List.of(),
                                List.of("y", i + "." + k + "z")))
                        .toList()));

    assertThat(soon(() -> Loops.among(all)).isEmpty()).isTrue();
  }

  private static InputRule in(String prefix, String suffix) {
    return new InputRule(StoreId.EMBEDDED, "box", "", List.of(prefix), List.of(suffix));
  }

  @Test
  void beginningsThatBeginEachOtherAreSearchedSoon() {
    List<FunctionSpec> all =
        functions(
            1_000,
            i ->
                LoopGraph.function(
                    i,
                    List.of(in("a".repeat(i + 1), "x" + "b".repeat(i % 100))),
                    List.of(
                        new OutputRule(
                            StoreId.EMBEDDED,
                            "box",
                            "",
                            List.of("a".repeat(1_000) + i),
                            List.of("y" + "b".repeat(i % 100))))));

    assertThat(soon(() -> Loops.among(all)).isEmpty()).isTrue();
  }

  @Test
  void oneMoreDoesNotPayForTheLoopsAndFiltersOfOthers() {
    List<FunctionSpec> others =
        functions(
            20_000, i -> LoopGraph.function(i, inputs("box", 3, i), outputs("out" + i % 7, 3, i)));
    FunctionSpec one =
        LoopGraph.function(20_000, List.of(LoopGraph.in("mine")), List.of(LoopGraph.out("yours")));
    FunctionSpec bad =
        LoopGraph.function(20_001, List.of(LoopGraph.in("mine")), List.of(LoopGraph.out("mine")));

    assertThat(soon(() -> Loops.through(List.of(one), others)).isEmpty()).isTrue();
    assertThat(Loops.through(List.of(one, bad), others).named()).hasSize(1);
  }

  private static Set<String> toldBy(Loops loops) {
    Set<String> told = new HashSet<>();
    loops.named().forEach(l -> l.steps().forEach(s -> told.add(s.function().value())));
    told.addAll(loops.more().stream().map(n -> n.value()).collect(Collectors.toSet()));
    return told;
  }

  private static List<InputRule> inputs(String bucket, int count, int number) {
    return IntStream.range(0, count)
        .mapToObj(k ->
            new InputRule(
                StoreId.EMBEDDED, bucket, "", List.of(), List.of("." + number + "." + k, ".gz")))
        .toList();
  }

  private static List<OutputRule> outputs(String bucket, int count, int number) {
    return IntStream.range(0, count)
        .mapToObj(k ->
            new OutputRule(
                StoreId.EMBEDDED, bucket, "", List.of("r" + number), List.of("." + k, ".gz")))
        .toList();
  }

  private static List<FunctionSpec> functions(int count, IntFunction<FunctionSpec> each) {
    return IntStream.range(0, count).mapToObj(each).toList();
  }

  private static Loops soon(Supplier<Loops> search) {
    return assertTimeoutPreemptively(
        SOON,
        () -> {
          long before = THREADS.getCurrentThreadAllocatedBytes();
          Loops loops = search.get();
          assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(ALLOCATED_MAX);
          return loops;
        });
  }
}
