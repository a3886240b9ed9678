package dev.millrace.orch.api;

import dev.millrace.orch.journal.PipelineEvent;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The newest events of a tenant, numbered from 1. Readers keep a place in it and nothing else, so
 * that many cost no more memory than one; a reader that falls behind by more than it holds is told.
 */
final class EventRing {
  private final @Nullable PipelineEvent[] slots;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition more = lock.newCondition();
  private long last;
  private boolean closed;

  EventRing(int capacity) {
    slots = new PipelineEvent[capacity];
  }

  /** What a reader gets. */
  sealed interface Reading {}

  /** An event, and its number. */
  record Happened(long number, PipelineEvent event) implements Reading {}

  /**
   * Nothing for a while.
   *
   * @param number up to which there is nothing
   */
  record Quiet(long number) implements Reading {}

  /** What came next is gone. */
  record Missed() implements Reading {}

  /** There will be no more. */
  record Closed() implements Reading {}

  /** Takes an event; never waits for a reader. */
  void add(PipelineEvent event) {
    lock.lock();
    try {
      last++;
      slots[(int) (last % slots.length)] = event;
      more.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The number of the newest event. */
  long last() {
    lock.lock();
    try {
      return last;
    } finally {
      lock.unlock();
    }
  }

  /** Whether all events behind this number are still here. */
  boolean goesOnFrom(long number) {
    lock.lock();
    try {
      return number >= 0 && number <= last && number >= last - slots.length;
    } finally {
      lock.unlock();
    }
  }

  /** The next event behind a number that is wanted; waits for one this long. */
  Reading await(long number, Predicate<PipelineEvent> wanted, Duration patience)
      throws InterruptedException {
    lock.lock();
    try {
      long at = number;
      long left = patience.toNanos();
      while (true) {
        if (at < last - slots.length) {
          return new Missed();
        }
        while (at < last) {
          at++;
          PipelineEvent event = slots[(int) (at % slots.length)];
          if (event != null && wanted.test(event)) {
            return new Happened(at, event);
          }
        }
        if (closed) {
          return new Closed();
        }
        if (left <= 0) {
          return new Quiet(at);
        }
        left = more.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Ends all reading. */
  void close() {
    lock.lock();
    try {
      closed = true;
      more.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
