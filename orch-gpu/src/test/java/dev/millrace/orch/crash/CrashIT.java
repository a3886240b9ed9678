package dev.millrace.orch.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.api.view.EntryView;
import dev.millrace.orch.api.view.EventView;
import dev.millrace.orch.client.EventStream;
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

/**
 * Kills all of {@code millrace up} again and again while clients drop objects, and judges from
 * outside what came of every object that was accepted. {@code -Dmillrace.crash.seed=N} makes the
 * same drops and the same choice of moments again; {@code -Dmillrace.crash.kills=N} kills more
 * often.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "the process runner needs Linux")
final class CrashIT {
  private static final long IN_FLIGHT_MIN = 50;
  private static final long IN_FLIGHT_WANTED = 70;
  private static final long IN_FLIGHT_MAX = 130;
  private static final Duration REST_WITHIN = Duration.ofMinutes(3);
  private static final List<String> TARGETS =
      List.of("produced", "publishing", "staged", "placed", "running");
  private static final String CONFIG =
      """
      provider:
        runs: 16
        runners:
          process: {allow: [crash]}
      listing: {interval: 5s}
      leases: {duration: 5s, claim_within: 40s, stop_grace: 12s, manifest_poll: 1s}
      """;

  private final long seed = Long.getLong("millrace.crash.seed", System.nanoTime() & 0xffff);
  private final int kills = Integer.getInteger("millrace.crash.kills", 10);
  private final Random random = new Random(seed);
  private final Mark mark = new Mark(UUID.randomUUID().toString());
  private final Histogram histogram = new Histogram();
  private final AtomicReference<Optional<Running>> running =
      new AtomicReference<>(Optional.empty());
  private final AtomicLong inFlight = new AtomicLong();
  private final List<Duration> starts = new ArrayList<>();
  @TempDir Path folder;

  @Test
  @Timeout(value = 12, unit = TimeUnit.MINUTES)
  void tenKillsLoseNothingThatWasAcceptedAndLeaveNothingBehind() throws Exception {
    say("seed %d, %d kills", seed, kills);
    Files.writeString(folder.resolve("millrace.yaml"), CONFIG);
    Running first = start(0);
    first.store().createBucket(r -> r.bucket(Function.BUCKET));
    Function.deploy(first.api(), mark);
    List<Dropper.Sent> sent = new ArrayList<>();
    try (Dropper one = dropper("a");
        Dropper two = dropper("b")) {
      for (int kill = 1; kill <= kills; kill++) {
        killAtSomeMoment(kill);
        start(kill);
      }
      awaitBusy();
      one.close();
      two.close();
      sent.addAll(one.sent());
      sent.addAll(two.sent());
    }
    long acknowledged = sent.stream().filter(Dropper.Sent::acknowledged).count();
    say("%d sent, %d acknowledged; restarts took %s", sent.size(), acknowledged, starts);
    say("states at the kills:%n%s", histogram.text());
    say("states that no kill has hit: %s", histogram.missed());
    Running last = running.get().orElseThrow();
    awaitRest(last, acknowledged(sent));
    Outside outside = Outside.of(last.api(), last.store(), mark);
    say(
        "%d jobs, %d attempts, %d of them unattested, %d outputs",
        outside.jobs().size(),
        outside.jobs().stream().mapToInt(j -> j.attempts().size()).sum(),
        outside.ledger().stream().filter(CrashIT::unattested).count(),
        outside.outputs().size());
    say("why no receipt: %s", reasons(outside));
    assertThat(Judge.problems(sent, outside)).as("seed %d", seed).isEmpty();
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

  private Running start(int number) throws IOException {
    Running now = Running.start(folder.resolve("data"), folder.resolve("millrace.yaml"), number);
    starts.add(now.startedIn());
    running.set(Optional.of(now));
    return now;
  }

  private Dropper dropper(String name) {
    return new Dropper(
        name,
        random.nextLong(),
        () -> running.get().map(Running::store),
        () -> inFlight.get() < IN_FLIGHT_MAX);
  }

  private void killAtSomeMoment(int kill) throws Exception {
    Running now = running.get().orElseThrow();
    String target = TARGETS.get((kill - 1) % TARGETS.size());
    // Mostly long enough for some work to be done, now and then in the middle of taking up again.
    int wait = random.nextInt(4) == 0 ? random.nextInt(2_000) : 3_000 + random.nextInt(9_000);
    watch(now, Duration.ofMillis(wait));
    awaitBusy();
    awaitEvent(now, target);
    running.set(Optional.empty());
    now.kill();
    long caught = histogram.look(folder.resolve("data/journal.db"), folder.resolve("copy-" + kill));
    say("kill %d, aimed at %s, with %d jobs in flight", kill, target, caught);
    assertThat(caught)
        .as("jobs in flight at kill %d, seed %d", kill, seed)
        .isGreaterThanOrEqualTo(IN_FLIGHT_MIN);
  }

  /** Tells the droppers for so long how many jobs are underway. */
  private void watch(Running now, Duration longest) throws Exception {
    long until = System.nanoTime() + longest.toNanos();
    while (System.nanoTime() < until) {
      inFlight.set(now.inFlight());
      new CountDownLatch(1).await(100, TimeUnit.MILLISECONDS);
    }
  }

  /** Waits until many jobs are underway, and tells the droppers how many there are. */
  private void awaitBusy() {
    Running now = running.get().orElseThrow();
    Awaitility.await("busy")
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(100))
        .until(() -> {
          inFlight.set(now.inFlight());
          return inFlight.get() >= IN_FLIGHT_WANTED;
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
    Awaitility.await("no slice reserved")
        .atMost(Duration.ofMinutes(1))
        .pollInterval(Duration.ofMillis(500))
        .until(() ->
            last.api().devices().stream()
                .allMatch(d -> d.reservedMib() == 0 && d.reservedPercent() == 0));
    say("no slice reserved after %s", Duration.ofNanos(System.nanoTime() - began));
  }

  @AfterEach
  void leaveNothingRunning() throws Exception {
    Optional<Running> now = running.get();
    if (now.isPresent()) {
      now.get().close();
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
