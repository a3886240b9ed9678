package dev.millrace.triggers.webhook;

import dev.millrace.schema.object.Notice;
import dev.millrace.schema.object.NoticeSink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Hands the notices of many senders on together: what came while the sink was busy is its next
 * call. A sender waits until its own are durable, or for so long.
 */
public final class NoticeBatches implements NoticeSink, AutoCloseable {
  private static final int WAITING_MAX = 4096;
  private static final int NOTICES_MAX = 1024;

  private final NoticeSink sink;
  private final Duration patience;
  private final BlockingQueue<Waiting> queue = new ArrayBlockingQueue<>(WAITING_MAX);
  private final Thread thread;
  private volatile boolean closing;

  private record Waiting(List<Notice> notices, CompletableFuture<Boolean> durable) {}

  /**
   * Starts to hand on.
   *
   * @param patience how long a sender waits before it is told to come again; its notices may become
   *     durable all the same, which does no harm
   */
  public NoticeBatches(NoticeSink sink, Duration patience) {
    this.sink = sink;
    this.patience = patience;
    this.thread = Thread.ofPlatform().name("webhook-notices").daemon(true).unstarted(this::run);
    thread.start();
  }

  @Override
  public void accept(List<Notice> notices) {
    Waiting waiting = new Waiting(notices, new CompletableFuture<>());
    if (closing || !queue.offer(waiting)) {
      throw notDurable(closing ? "this is closing" : WAITING_MAX + " messages wait already", null);
    }
    try {
      waiting.durable().get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw notDurable("not durable after " + patience.toMillis() + " ms", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw notDurable("interrupted", e);
    } catch (ExecutionException e) {
      throw notDurable(reason(e.getCause()), e);
    }
  }

  private static String reason(@Nullable Throwable cause) {
    return cause == null ? "for no reason that is known" : String.valueOf(cause.getMessage());
  }

  private static UncheckedIOException notDurable(String why, @Nullable Exception cause) {
    return new UncheckedIOException(new IOException("notices were not kept: " + why, cause));
  }

  private void run() {
    List<Waiting> batch = new ArrayList<>();
    while (!closing) {
      try {
        batch.add(queue.take());
        int notices = batch.getFirst().notices().size();
        while (notices < NOTICES_MAX && !queue.isEmpty()) {
          Waiting next = queue.poll();
          if (next != null) {
            batch.add(next);
            notices += next.notices().size();
          }
        }
        handOn(batch);
      } catch (InterruptedException e) {
        // Only close() interrupts, and the loop's condition has the answer.
      } finally {
        batch.clear();
      }
    }
    IOException closed = new IOException("this is closing");
    for (Waiting rest = queue.poll(); rest != null; rest = queue.poll()) {
      rest.durable().completeExceptionally(closed);
    }
  }

  private void handOn(List<Waiting> batch) {
    try {
      sink.accept(batch.stream().flatMap(waiting -> waiting.notices().stream()).toList());
      batch.forEach(waiting -> waiting.durable().complete(true));
    } catch (UncheckedIOException e) {
      batch.forEach(waiting -> waiting.durable().completeExceptionally(e));
    } catch (RuntimeException e) {
      // The outermost frame. One message that cannot be kept must not take the others along.
      if (batch.size() == 1) {
        batch.getFirst().durable().completeExceptionally(e);
      } else {
        batch.forEach(waiting -> handOn(List.of(waiting)));
      }
    }
  }

  /** Ends; who still waits is told that nothing is known. */
  @Override
  public void close() {
    closing = true;
    thread.interrupt();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
