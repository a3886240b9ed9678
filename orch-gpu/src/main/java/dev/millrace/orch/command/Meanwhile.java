package dev.millrace.orch.command;

import java.time.Duration;

/**
 * Says on one line of a terminal what is waited for, and since when, where it takes longer than a
 * moment; elsewhere nothing. Takes the line away when it is closed.
 */
final class Meanwhile implements AutoCloseable {
  private static final long FIRST_MILLIS = 1000;
  private static final long REDRAW_MILLIS = 500;

  private final Terminal terminal;
  private final String what;
  private final long began = System.nanoTime();
  private boolean closed;
  private boolean shown;

  Meanwhile(Terminal terminal, String what) {
    this.terminal = terminal;
    this.what = what;
    if (terminal.interactive()) {
      Thread.ofVirtual().name("meanwhile").start(this::draw);
    }
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
    Duration since = Duration.ofSeconds((System.nanoTime() - began) / 1_000_000_000L);
    String line = Words.fit(what + ", " + Words.took(since) + " so far", terminal.columns() - 1);
    terminal.err().print("\r\u001b[K" + line);
    terminal.err().flush();
    return true;
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
