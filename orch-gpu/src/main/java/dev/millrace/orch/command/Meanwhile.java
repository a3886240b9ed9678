package dev.millrace.orch.command;

import java.time.Duration;
import java.util.Optional;

/**
 * Says on one line of a terminal what is waited for, and since when, where it takes longer than a
 * moment; elsewhere nothing. Takes the line away when it is closed.
 */
final class Meanwhile implements AutoCloseable {
  private static final long FIRST_MILLIS = 1000;
  private static final long REDRAW_MILLIS = 500;

  private final Terminal terminal;
  private String what;
  private Optional<Count> count = Optional.empty();
  private final long began = System.nanoTime();
  private boolean closed;
  private boolean shown;

  private record Count(long done, long of) {}

  Meanwhile(Terminal terminal, String what) {
    this.terminal = terminal;
    this.what = what;
    if (terminal.interactive()) {
      Thread.ofVirtual().name("meanwhile").start(this::draw);
    }
  }

  /** Goes on with how many of how many are done. */
  synchronized void counted(String what, long done, long of) {
    this.what = what;
    this.count = Optional.of(new Count(done, of));
  }

  private void draw() {
    try {
      await(FIRST_MILLIS);
      while (drawn()) {
        await(REDRAW_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void await(long millis) throws InterruptedException {
    if (!closed) {
      wait(millis);
    }
  }

  private synchronized boolean drawn() {
    if (closed) {
      return false;
    }
    shown = true;
    long nanos = System.nanoTime() - began;
    String line = Words.fit(text(what, nanos), terminal.columns() - 1);
    terminal.err().print("\r\u001b[K" + line);
    terminal.err().flush();
    return true;
  }

  /** {@code 4,096 of 100,000 entries read again, 9,100/s, 10.5 s left}. */
  private String text(String what, long nanos) {
    if (count.isEmpty() || count.get().done() == 0) {
      Duration since = Duration.ofSeconds(nanos / 1_000_000_000L);
      return what + ", " + Words.took(since) + " so far";
    }
    long done = count.get().done();
    long of = count.get().of();
    double rate = done * 1e9 / nanos;
    Duration left = Duration.ofMillis((long) (Math.max(0, of - done) * 1000 / rate));
    return Words.count(done)
        + " of "
        + Words.count(of)
        + " "
        + what
        + ", "
        + Words.count((long) rate)
        + "/s, "
        + Words.took(left)
        + " left";
  }

  @Override
  public synchronized void close() {
    closed = true;
    notifyAll();
    if (shown) {
      terminal.err().print("\r\u001b[K");
      terminal.err().flush();
    }
  }
}
