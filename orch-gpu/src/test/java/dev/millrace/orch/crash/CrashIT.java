package dev.millrace.orch.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.api.view.EntryView;
import dev.millrace.orch.api.view.EventView;
import dev.millrace.orch.client.EventStream;
import dev.millrace.orch.crash.Running.Layout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Kills all of {@code millrace up}, or each of store, coordinator and provider, again and again
 * while clients drop objects, and judges from outside what came of every object that was accepted.
 * A state in which no kill has caught a job fails the trial. {@code -Dmillrace.crash.seed=N} makes
 * the same drops and the same choice of moments again; {@code -Dmillrace.crash.kills=N} kills more
 * often; with {@code -Dmillrace.crash.engine=unix:///...} some jobs run in containers.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "the process runner needs Linux")
final class CrashIT {
  private static final long IN_FLIGHT_MIN = 50;
  private static final long IN_FLIGHT_WANTED = 70;
  private static final long IN_FLIGHT_MAX = 130;
  private static final long DROPS_MIN = 600;

  /** Each waits for its answer before it goes on, and they are to be faster than the jobs. */
  private static final int DROPPERS = 4;

  private static final Duration LIFE_MAX = Duration.ofSeconds(15);
  private static final Duration REST_WITHIN = Duration.ofMinutes(3);
  private static final List<String> TARGETS =
      List.of("produced", "publishing", "staged", "placed", "running");
  private static final String CONFIG =
      """
      provider:
        runs: 16
        runners:
          process: {allow: [crash]}
          docker: {enabled: %s, host: "%s"}
      listing: {interval: 5s}
      leases: {duration: 5s, claim_within: 2m, stop_grace: 12s, manifest_poll: 1s}
      providers: {introduce_every: 1s, away_after: 3s}
      """;

  /** Kills beyond the planned ones, for states that these have missed. */
  private static final int MORE_KILLS = 8;

  private final long seed = Long.getLong("millrace.crash.seed", System.nanoTime() & 0xffff);
  private final Random random = new Random(seed);
  private final Mark mark = new Mark(UUID.randomUUID().toString());
  private final Histogram histogram = new Histogram();
  private final AtomicReference<Optional<Running>> running =
      new AtomicReference<>(Optional.empty());
  private final AtomicLong inFlight = new AtomicLong();
  private final Optional<Engine> engine = Engine.given();
  @TempDir Path folder;

  @Test
  @Timeout(value = 15, unit = TimeUnit.MINUTES)
  void killsOfTheWholeProcessLoseNothingThatWasAcceptedAndLeaveNothingBehind() throws Exception {
    trial(Layout.WHOLE, Integer.getInteger("millrace.crash.kills", 8));
  }

  @Test
  @Timeout(value = 15, unit = TimeUnit.MINUTES)
  void killsOfEachPartAndOfAllLoseNothingThatWasAcceptedAndLeaveNothingBehind() throws Exception {
    trial(Layout.APART, Integer.getInteger("millrace.crash.kills", 12));
  }

  private void trial(Layout layout, int kills) throws Exception {
    say("%s, seed %d, %d kills, %s", layout, seed, kills, engine);
    Files.writeString(folder.resolve("millrace.yaml"), config());
    Running first = Running.start(layout, folder.resolve("data"), folder.resolve("millrace.yaml"));
    running.set(Optional.of(first));
    first.store().orElseThrow().createBucket(r -> r.bucket(Function.BUCKET));
    Function.deploy(first.api(), mark, engine);
    List<Dropper.Sent> sent = new ArrayList<>();
    List<Dropper> droppers = new ArrayList<>();
    Onlooker onlooker = new Onlooker(random.nextLong(), this::store);
    try (onlooker) {
      for (int each = 1; each <= DROPPERS; each++) {
        droppers.add(dropper("d" + each, onlooker));
      }
      for (int kill = 1; kill <= kills; kill++) {
        killAtSomeMoment(kill, victims(layout, kill), TARGETS.get((kill - 1) % TARGETS.size()));
      }
      for (int more = 1; more <= MORE_KILLS && !histogram.missed().isEmpty(); more++) {
        String missed = histogram.missed().iterator().next().label();
        killAtSomeMoment(kills + more, victims(layout, more), missed);
      }
      awaitAcknowledged(droppers);
      droppers.forEach(Dropper::stop);
      droppers.forEach(each -> sent.addAll(each.sent()));
      awaitRest(first, acknowledged(sent));
    } finally {
      droppers.forEach(Dropper::close);
    }
    judge(sent, onlooker);
  }

  private String config() {
    return CONFIG.formatted(
        engine.isPresent(), engine.map(Engine::host).orElse("unix:///var/run/docker.sock"));
  }

  /** In turn: store, coordinator, provider, all. */
  private static List<String> victims(Layout layout, int kill) {
    int next = (kill - 1) % (layout.parts().size() + 1);
    return next < layout.parts().size() ? List.of(layout.parts().get(next)) : layout.parts();
  }

  private void judge(List<Dropper.Sent> sent, Onlooker onlooker) throws Exception {
    long acknowledged = sent.stream().filter(Dropper.Sent::acknowledged).count();
    Running last = running.get().orElseThrow();
    say("%d sent, %d acknowledged; restarts took %s", sent.size(), acknowledged, last.starts());
    say("states at the kills:%n%s", histogram.text());
    Outside outside = Outside.of(last.api(), last.store().orElseThrow(), mark, containersAtRest());
    say(
        "%d jobs, %d attempts, %d of them unattested, %d outputs",
        outside.jobs().size(),
        outside.jobs().stream().mapToInt(j -> j.attempts().size()).sum(),
        outside.ledger().stream().filter(CrashIT::unattested).count(),
        outside.outputs().size());
    say("why no receipt: %s", reasons(outside));
    say("%d outputs were read on the way", onlooker.seen());
    assertThat(Judge.problems(sent, outside)).as("seed %d", seed).isEmpty();
    assertThat(onlooker.problems(outside)).as("seen on the way, seed %d", seed).isEmpty();
    assertThat(histogram.missed())
        .as("states in which no kill has caught a job, seed %d", seed)
        .isEmpty();
    running.set(Optional.empty());
    assertThat(last.stop()).as("exit codes after SIGTERM").isSubsetOf(0, 143);
  }

  private static boolean unattested(EntryView entry) {
    return entry.evidence().equals("unattested");
  }

  private static Map<String, Long> reasons(Outside outside) {
    return outside.ledger().stream()
        .filter(CrashIT::unattested)
        .collect(Collectors.groupingBy(e -> String.valueOf(e.reason()), Collectors.counting()));
  }

  private static List<String> acknowledged(List<Dropper.Sent> sent) {
    return sent.stream()
        .filter(Dropper.Sent::acknowledged)
        .map(s -> s.drop().key())
        .distinct()
        .toList();
  }

  /** A container may be removed a moment after its run has settled. */
  private List<String> containersAtRest() throws Exception {
    if (engine.isEmpty()) {
      return List.of();
    }
    Path provider = folder.resolve("data/provider").toAbsolutePath();
    long until = System.nanoTime() + REST_WITHIN.toNanos();
    List<String> left = engine.get().containers(provider);
    while (!left.isEmpty() && System.nanoTime() < until) {
      new CountDownLatch(1).await(500, TimeUnit.MILLISECONDS);
      left = engine.get().containers(provider);
    }
    return left;
  }

  private Optional<S3Client> store() {
    return running.get().flatMap(Running::store);
  }

  private Dropper dropper(String name, Onlooker onlooker) {
    return new Dropper(
        name,
        random.nextLong(),
        // Counted on until somebody looks again, who cannot while the coordinator is down.
        new Dropper.Target(this::store, () -> inFlight.incrementAndGet() <= IN_FLIGHT_MAX),
        engine.isPresent(),
        onlooker::expect);
  }

  private void killAtSomeMoment(int kill, List<String> victims, String target) throws Exception {
    Running now = running.get().orElseThrow();
    // By work that was done, not by time alone: what is slow today must get as far.
    watch(now, random.nextInt(60));
    awaitBusy();
    awaitEvent(now, target);
    now.kill(victims);
    Path journal = folder.resolve("data/journal.db");
    long caught =
        now.journalOpen()
            ? histogram.lookAlive(journal)
            : histogram.look(journal, folder.resolve("copy-" + kill));
    say("kill %d of %s, aimed at %s, with %d jobs in flight", kill, victims, target, caught);
    assertThat(caught)
        .as("jobs in flight at kill %d, seed %d", kill, seed)
        .isGreaterThanOrEqualTo(IN_FLIGHT_MIN);
    now.restart(victims);
  }

  /** Tells the droppers how many jobs are underway until so many more have ended, or for long. */
  private void watch(Running now, int more) throws Exception {
    long until = System.nanoTime() + LIFE_MAX.toNanos();
    long goal = now.ended() + more;
    while (now.ended() < goal && System.nanoTime() < until) {
      inFlight.set(now.inFlight());
      new CountDownLatch(1).await(100, TimeUnit.MILLISECONDS);
    }
  }

  /** Waits until many jobs are underway, and tells the droppers how many there are. */
  private void awaitBusy() {
    Running now = running.get().orElseThrow();
    Awaitility.await("busy")
        .atMost(REST_WITHIN)
        .pollInterval(Duration.ofMillis(100))
        .untilAsserted(() -> {
          inFlight.set(now.inFlight());
          assertThat(inFlight.get())
              .as("jobs underway, %d have ended, seed %d", now.ended(), seed)
              .isGreaterThanOrEqualTo(IN_FLIGHT_WANTED);
        });
  }

  private void awaitAcknowledged(List<Dropper> droppers) {
    Running now = running.get().orElseThrow();
    Awaitility.await("enough drops")
        .atMost(REST_WITHIN)
        .pollInterval(Duration.ofMillis(100))
        .until(() -> {
          inFlight.set(now.inFlight());
          return droppers.stream()
                  .flatMap(d -> d.sent().stream())
                  .filter(Dropper.Sent::acknowledged)
                  .count()
              >= DROPS_MIN;
        });
  }

  /** The first event of a job that comes to this state, or three seconds without one. */
  private static void awaitEvent(Running now, String state) throws Exception {
    try (EventStream events = now.api().events()) {
      Thread reader =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  Optional<EventView> next = events.next();
                  while (next.isPresent() && !next.get().state().equals(state)) {
                    next = events.next();
                  }
                } catch (IOException e) {
                  // Closed below: nobody came to that state in time.
                  return;
                }
              });
      reader.join(Duration.ofSeconds(3));
    }
  }

  private void awaitRest(Running last, List<String> accepted) {
    long began = System.nanoTime();
    Awaitility.await("all jobs at rest")
        .atMost(REST_WITHIN)
        .pollInterval(Duration.ofMillis(500))
        .until(() ->
            last.inFlight() == 0
                && Outside.jobs(last.api()).stream()
                    .map(j -> j.input().key())
                    .toList()
                    .containsAll(accepted));
    say("at rest after %s", Duration.ofNanos(System.nanoTime() - began));
    Awaitility.await("no order left, no slice reserved")
        .atMost(REST_WITHIN)
        .pollInterval(Duration.ofMillis(500))
        .until(() ->
            last.api().devices().stream()
                .allMatch(d -> d.reservedMib() == 0 && d.reservedPercent() == 0));
    say(
        "no slice reserved and no order left after %s",
        Duration.ofNanos(System.nanoTime() - began));
  }

  @AfterEach
  void leaveNothingRunning() throws Exception {
    Optional<Running> now = running.get();
    if (now.isPresent()) {
      now.get().close();
    }
    if (engine.isPresent()) {
      engine.get().clear(folder.resolve("data/provider").toAbsolutePath());
    }
    for (long pid : mark.carriers()) {
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }
    if (Boolean.getBoolean("millrace.crash.tell")) {
      tell();
    }
  }

  private void tell() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".out")).sorted().toList()) {
        say("--- %s%n%s", file.getFileName(), Files.readString(file));
      }
    }
  }

  private static void say(String format, Object... values) {
    System.out.println("crash: " + String.format(format, values));
  }
}
