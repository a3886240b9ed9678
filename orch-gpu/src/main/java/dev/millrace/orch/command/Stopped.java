package dev.millrace.orch.command;

import java.util.concurrent.CountDownLatch;

/**
 * What is still done when this process is told to stop, unless it was closed before. Once it has
 * begun, whoever closes this gets no further: what it works with stays open, and has the last word.
 */
final class Stopped implements AutoCloseable {
  private final Thread thread;

  Stopped(Runnable last) {
    thread = Thread.ofPlatform().unstarted(last);
    try {
      Runtime.getRuntime().addShutdownHook(thread);
    } catch (IllegalStateException e) {
      forever();
    }
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(thread);
    } catch (IllegalStateException e) {
      forever();
    }
  }

  /** This process is ending, and the thread at work. */
  private static void forever() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
