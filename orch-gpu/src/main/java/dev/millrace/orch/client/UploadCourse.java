package dev.millrace.orch.client;

import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * How far an upload in parts is: told by the thread that uploads, asked by the one that stops it.
 * What is asked of the store and not answered is waited for, but not for ever.
 */
final class UploadCourse {
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch over = new CountDownLatch(1);
  private At at = new At.Nothing();
  private boolean stopped;

  /** Where it is. */
  sealed interface At {
    /** Nothing of it is in the store. */
    record Nothing() implements At {}

    /** The store was asked to begin it, and its name is not known yet. */
    record Beginning() implements At {}

    /** Parts are sent. */
    record Open(String upload) implements At {}

    /** The store was asked to make the object. */
    record Completing(String upload, PartTags parts, long size) implements At {}

    /** The object is there. */
    record Up() implements At {}
  }

  /**
   * The store is asked to begin it.
   *
   * @throws InterruptedIOException when it was stopped before: nobody would drop its parts
   */
  synchronized void begins() throws InterruptedIOException {
    if (stopped) {
      throw new InterruptedIOException("the upload was stopped");
    }
    at = new At.Beginning();
  }

  synchronized void open(String upload) {
    at = new At.Open(upload);
    begun.countDown();
  }

  /**
   * The store is asked to make the object.
   *
   * @throws InterruptedIOException when it was stopped before: its parts go
   */
  synchronized void completes(String upload, List<String> eTags, long size)
      throws InterruptedIOException {
    if (stopped) {
      throw new InterruptedIOException("the upload was stopped");
    }
    at = new At.Completing(upload, new PartTags(eTags), size);
  }

  synchronized void up() {
    at = new At.Up();
    over.countDown();
  }

  /**
   * It has failed.
   *
   * @return where it was, for whoever drops what is left; nothing when that is somebody else's
   */
  synchronized At failed() {
    begun.countDown();
    over.countDown();
    if (stopped) {
      return new At.Nothing();
    }
    At was = at;
    at = new At.Nothing();
    return was;
  }

  synchronized At now() {
    return at;
  }

  /** Where it is; what is left is from now on the business of whoever asks. */
  private synchronized At stopped() {
    stopped = true;
    return at;
  }

  /** The same, when the store has answered what it was asked, or so long after. */
  At stop(Duration patience) {
    return switch (stopped()) {
      case At.Beginning beginning -> awaited(begun, patience);
      case At.Completing completing -> awaited(over, patience);
      case At.Nothing nothing -> nothing;
      case At.Open open -> open;
      case At.Up up -> up;
    };
  }

  private At awaited(CountDownLatch answer, Duration patience) {
    try {
      answer.await(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return now();
  }
}
