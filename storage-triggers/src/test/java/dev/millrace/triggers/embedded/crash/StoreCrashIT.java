package dev.millrace.triggers.embedded.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Kills a store again and again while clients put, overwrite, copy, delete and complete, and holds
 * what is left against what they were promised. {@code -Dmillrace.crash.seed=N} makes the same
 * changes and aims at the same moments again; {@code -Dmillrace.crash.kills=N} kills more often.
 */
final class StoreCrashIT {
  private static final int CLIENTS = 10;
  private static final List<Moment> TARGETS =
      List.of(
          Moment.PUT_BODY,
          Moment.COMPLETE,
          Moment.PUT_ANSWER,
          Moment.COPY,
          Moment.COMPLETE,
          Moment.PART_BODY,
          Moment.DELETE,
          Moment.PART_ANSWER);

  private final long seed = Long.getLong("millrace.crash.seed", System.nanoTime() & 0xffff);
  private final int kills = Integer.getInteger("millrace.crash.kills", 20);
  private final Random random = new Random(seed);
  private final Map<Moment, Integer> histogram = new EnumMap<>(Moment.class);
  private final List<Client> clients =
      IntStream.range(0, CLIENTS).mapToObj(i -> new Client("c" + i, random.nextLong())).toList();
  private int committed;
  private int without;
  private int swept;
  @TempDir Path work;

  @Test
  @Timeout(value = 8, unit = TimeUnit.MINUTES)
  void noKillTearsOrLosesAnythingOrTellsOfItTwice() throws Exception {
    say("seed %d, %d kills, %d clients", seed, kills, CLIENTS);
    Path folder = work.resolve("store");
    for (int kill = 1; kill <= kills; kill++) {
      liveUntilKilled(folder, kill);
      swept += Blobs.unnamed(folder).size();
      Aftermath.Found found = Aftermath.look(folder, clients);
      committed += found.committed();
      without += found.without();
      assertThat(found.problems()).as("after kill %d, seed %d", kill, seed).isEmpty();
      assertThat(Blobs.unnamed(folder)).as("orphans after kill %d, seed %d", kill, seed).isEmpty();
    }
    tell();
    for (Moment moment : TARGETS) {
      assertThat(histogram).as("moments that were hit, seed %d", seed).containsKey(moment);
    }
    assertThat(swept).as("blobs that the sweeps had to remove").isPositive();
  }

  private void liveUntilKilled(Path folder, int kill) throws Exception {
    Moment target = TARGETS.get((kill - 1) % TARGETS.size());
    long more = 30 + random.nextInt(80);
    int lateNanos = random.nextInt(4) * random.nextInt(1_500_000);
    try (StoreProcess store = StoreProcess.start(folder, work.resolve("said-" + kill))) {
      if (kill == 1) {
        store.s3().createBucket(r -> r.bucket(Client.BUCKET));
      }
      List<Thread> threads = start(store.s3());
      awaitChanges(acknowledged() + more);
      awaitMoment(target);
      LockSupport.parkNanos(lateNanos);
      store.kill();
      store.awaitEnd();
      for (Thread thread : threads) {
        thread.join();
      }
    }
    Map<Moment, Integer> caught = new EnumMap<>(Moment.class);
    clients.forEach(client -> caught.merge(client.moment(), 1, Integer::sum));
    caught.remove(Moment.IDLE);
    caught.forEach((moment, count) -> histogram.merge(moment, count, Integer::sum));
    say("kill %d, aimed at %s, caught %s", kill, target, caught);
  }

  private List<Thread> start(S3Client s3) {
    List<Thread> threads = new ArrayList<>();
    for (Client client : clients) {
      threads.add(Thread.ofPlatform().name("client").start(() -> client.live(s3)));
    }
    return threads;
  }

  private long acknowledged() {
    return clients.stream().mapToLong(Client::acknowledged).sum();
  }

  /** By what was done, not by time alone: what is slow today must get as far. */
  private void awaitChanges(long goal) {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (acknowledged() < goal && System.nanoTime() < until) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  private void awaitMoment(Moment target) {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
    while (System.nanoTime() < until
        && clients.stream().noneMatch(client -> client.moment() == target)) {
      LockSupport.parkNanos(20_000);
    }
  }

  private void tell() {
    say("%d changes acknowledged, %d events", acknowledged(), events());
    say("of those without an answer %d were done, %d not", committed, without);
    say("%d blobs that nothing named were swept", swept);
    say("what was in flight at the %d kills:", kills);
    for (Moment moment : Moment.values()) {
      if (moment != Moment.IDLE) {
        say("  %-32s %d", moment.text(), histogram.getOrDefault(moment, 0));
      }
    }
  }

  private int events() {
    return clients.stream().mapToInt(client -> client.events().size()).sum();
  }

  private static void say(String format, Object... values) {
    System.out.println("store crash: " + String.format(format, values));
  }
}
