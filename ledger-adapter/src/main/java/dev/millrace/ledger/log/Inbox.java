package dev.millrace.ledger.log;

import dev.millrace.schema.ledger.Checkpoint;
import dev.millrace.schema.ledger.Ledger.Appended;
import dev.millrace.schema.ledger.LedgerEntry;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** Where callers leave what the writer is to do, and wait for its answer. */
final class Inbox {
  private static final int MOST_ENTRIES = 8192;
  private static final long MOST_BYTES = 8L * 1024 * 1024;

  private final ArrayDeque<Request> waiting = new ArrayDeque<>();
  private @Nullable String closed;

  /** An entry with all that can be computed before its turn. */
  @SuppressWarnings("ArrayRecordComponent")
  record Prepared(LedgerEntry entry, AttemptKey key, byte[] bytes, byte[] leafHash) {}

  /** Entries to append, or none for a checkpoint. */
  static final class Request {
    private final List<Prepared> entries;
    private final CountDownLatch done = new CountDownLatch(1);
    private List<Appended> appended = List.of();
    private @Nullable Checkpoint checkpoint;
    private @Nullable IOException failure;

    Request(List<Prepared> entries) {
      this.entries = List.copyOf(entries);
    }

    List<Prepared> entries() {
      return entries;
    }

    void appended(List<Appended> answers) {
      appended = List.copyOf(answers);
      done.countDown();
    }

    void checkpoint(Checkpoint answer) {
      checkpoint = answer;
      done.countDown();
    }

    void failed(IOException reason) {
      failure = reason;
      done.countDown();
    }

    /** Tells a caller that got no answer so far that none will come. */
    void abandoned() {
      if (done.getCount() > 0) {
        failed(new IOException("the ledger's writer failed; whether it appended is not known"));
      }
    }

    List<Appended> awaitAppended() throws IOException {
      await();
      return appended;
    }

    Checkpoint awaitCheckpoint() throws IOException {
      await();
      if (checkpoint == null) {
        throw new IllegalStateException("the writer answered without a checkpoint");
      }
      return checkpoint;
    }

    private void await() throws IOException {
      try {
        done.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException(
            "interrupted while the ledger wrote: whether it appended is not known, ask again");
      }
      IOException reason = failure;
      if (reason != null) {
        throw new IOException(reason.getMessage(), reason);
      }
    }
  }

  synchronized void put(Request request) throws IOException {
    if (closed != null) {
      throw new IOException(closed);
    }
    waiting.add(request);
    notifyAll();
  }

  /** From now on nothing is taken in. */
  synchronized void close(String reason) {
    if (closed == null) {
      closed = reason;
    }
    notifyAll();
  }

  synchronized boolean isClosed() {
    return closed != null;
  }

  synchronized boolean isEmpty() {
    return waiting.isEmpty();
  }

  /**
   * Waits for requests and takes as many as make a batch.
   *
   * @return empty when none came in that time, or when all is done and the inbox is closed
   */
  synchronized List<Request> take(long waitMillis) throws InterruptedException {
    if (waiting.isEmpty() && closed == null) {
      wait(waitMillis);
    }
    List<Request> batch = new ArrayList<>();
    int entries = 0;
    long bytes = 0;
    while (!waiting.isEmpty()
        && (batch.isEmpty() || (entries < MOST_ENTRIES && bytes < MOST_BYTES))) {
      Request request = waiting.remove();
      batch.add(request);
      entries += request.entries().size();
      for (Prepared prepared : request.entries()) {
        bytes += prepared.bytes().length;
      }
    }
    return batch;
  }
}
