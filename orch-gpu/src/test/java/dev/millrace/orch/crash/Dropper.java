package dev.millrace.orch.crash;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * A client that drops objects and writes down what the store answered. What was not answered with a
 * 200 may be there or not; it is never sent again under its key.
 */
final class Dropper implements AutoCloseable {
  private static final long PAUSE_MILLIS = 50;
  private static final int BOXED_ONE_IN = 12;

  private final String name;
  private final Random random;
  private final Supplier<Optional<S3Client>> store;
  private final BooleanSupplier room;
  private final boolean boxes;
  private final Consumer<Drop> before;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final List<Sent> log = new ArrayList<>();
  private final List<Drop> rewritable = new ArrayList<>();
  private final Thread thread;
  private int number;

  /** Where drops go. */
  record Target(Supplier<Optional<S3Client>> store, BooleanSupplier room) {}

  /** What was sent, and whether a 200 came. */
  record Sent(Drop drop, boolean acknowledged) {}

  /**
   * Starts to drop.
   *
   * @param to the store as it is now, empty while it is down; and whether more may be dropped
   * @param boxes whether some are to run in containers
   * @param before is told of each drop before it is sent
   */
  Dropper(String name, long seed, Target to, boolean boxes, Consumer<Drop> before) {
    this.name = name;
    this.before = before;
    this.random = new Random(seed);
    this.store = to.store();
    this.room = to.room();
    this.boxes = boxes;
    this.thread = Thread.ofPlatform().name("dropper " + name).start(this::run);
  }

  private void run() {
    try {
      while (stopped.getCount() > 0) {
        Optional<S3Client> now = store.get();
        if (now.isEmpty() || !room.getAsBoolean() || !send(now.get(), next())) {
          stopped.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Drop next() {
    if (!rewritable.isEmpty() && random.nextInt(12) == 0) {
      return rewritable.remove(random.nextInt(rewritable.size())).again(random);
    }
    String token = name + "-" + ++number;
    return boxes && random.nextInt(BOXED_ONE_IN) == 0
        ? Drop.boxed(random, token)
        : Drop.fresh(random, token);
  }

  private boolean send(S3Client client, Drop drop) {
    before.accept(drop);
    boolean acknowledged;
    try {
      client.putObject(
          r -> r.bucket(Function.BUCKET).key(drop.key()), RequestBody.fromBytes(drop.content()));
      acknowledged = true;
    } catch (SdkException | IllegalStateException e) {
      // A closed client throws the latter: no answer came in either case.
      acknowledged = false;
    }
    synchronized (log) {
      log.add(new Sent(drop, acknowledged));
    }
    if (acknowledged) {
      rewritable.add(drop);
    }
    return acknowledged;
  }

  /** All that was sent up to now, in order. */
  List<Sent> sent() {
    synchronized (log) {
      return List.copyOf(log);
    }
  }

  /** Sends no more. */
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
