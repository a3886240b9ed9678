package dev.millrace.triggers.embedded.names;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Wakes those who wait for the next commit. */
public final class CommitSignal {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition committed = lock.newCondition();
  private long commits;

  /** How many commits there were. */
  long count() {
    lock.lock();
    try {
      return commits;
    } finally {
      lock.unlock();
    }
  }

  void signal() {
    lock.lock();
    try {
      commits++;
      committed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until there were more commits than that; gives back what is left of the time. */
  long awaitMore(long seen, long nanos) throws InterruptedException {
    long left = nanos;
    lock.lockInterruptibly();
    try {
      while (commits == seen && left > 0) {
        left = committed.awaitNanos(left);
      }
      return left;
    } finally {
      lock.unlock();
    }
  }
}
