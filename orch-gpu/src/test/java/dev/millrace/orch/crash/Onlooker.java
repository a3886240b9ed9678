package dev.millrace.orch.crash;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Reads outputs all the time, also moments before and after each kill: whatever it sees must be the
 * whole of what some version that was sent comes to, never less.
 */
final class Onlooker implements AutoCloseable {
  private static final long PAUSE_MILLIS = 20;

  private final Supplier<Optional<S3Client>> store;
  private final Random random;
  private final Map<String, Set<String>> whole = new ConcurrentHashMap<>();
  private final Set<String> there = new HashSet<>();
  private final ConcurrentLinkedQueue<String> problems = new ConcurrentLinkedQueue<>();
  private final AtomicLong seen = new AtomicLong();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Thread thread;

  Onlooker(long seed, Supplier<Optional<S3Client>> store) {
    this.store = store;
    this.random = new Random(seed);
    this.thread = Thread.ofPlatform().name("onlooker").start(this::run);
  }

  /** Tells what is about to be sent. */
  void expect(Drop drop) {
    String name = Function.OUT + drop.token();
    whole.computeIfAbsent(name + ".one", k -> ConcurrentHashMap.newKeySet()).add(drop.one());
    whole.computeIfAbsent(name + ".two", k -> ConcurrentHashMap.newKeySet()).add(drop.two());
  }

  private void run() {
    try {
      while (stopped.getCount() > 0) {
        store.get().ifPresent(this::look);
        stopped.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look(S3Client client) {
    try {
      String after = Function.OUT + (random.nextBoolean() ? "a-" : "b-") + random.nextInt(9);
      List<S3Object> some =
          client
              .listObjectsV2(
                  r -> r.bucket(Function.BUCKET).prefix(Function.OUT).startAfter(after).maxKeys(20))
              .contents();
      for (S3Object object : some) {
        read(client, object.key());
      }
    } catch (SdkException | IllegalStateException e) {
      // The store is being killed: nothing was seen.
      return;
    }
  }

  private void read(S3Client client, String key) {
    byte[] bytes =
        client.getObjectAsBytes(r -> r.bucket(Function.BUCKET).key(key)).asByteArrayUnsafe();
    String content = new String(bytes, StandardCharsets.UTF_8);
    seen.incrementAndGet();
    if (!whole.getOrDefault(key, Set.of()).contains(content)) {
      problems.add(key + " was seen as " + bytes.length + " bytes that nothing sent comes to");
    }
    there.add(key);
  }

  /** How many objects it has read. */
  long seen() {
    return seen.get();
  }

  /** What it saw that must not be; and what it saw once and that is there no more. */
  List<String> problems(Outside outside) {
    there.stream()
        .filter(key -> !outside.outputs().containsKey(key))
        .forEach(key -> problems.add(key + " was there and is no more"));
    return List.copyOf(problems);
  }

  /** Looks no more. */
  void stop() {
    stopped.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    stop();
  }
}
