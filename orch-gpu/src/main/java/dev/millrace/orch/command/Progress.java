package dev.millrace.orch.command;

import dev.millrace.orch.client.Download;
import java.time.Duration;

/**
 * How far a transfer is, with its rate and the time left, on one line of a terminal: where it takes
 * a while.
 */
final class Progress implements Download.Meter {
  private static final long REDRAW_NANOS = Duration.ofMillis(100).toNanos();

  private static final long PATIENCE_NANOS = Duration.ofSeconds(1).toNanos();

  private final Terminal terminal;
  private final String what;
  private long total;
  private long files;
  private long filesDone;
  private final long started = System.nanoTime();
  private long done;
  private long drawn = started;
  private boolean shown;
  private boolean ended;

  /** Shows nothing where there is no terminal. */
  Progress(Terminal terminal, String what, long total) {
    this.terminal = terminal;
    this.what = what;
    this.total = total;
  }

  /** How many bytes there will be, when that turns out later. */
  @Override
  public synchronized void total(long bytes) {
    total = bytes;
  }

  @Override
  public synchronized void add(long bytes) {
    done += bytes;
    draw();
  }

  /**
   * How much there is.
   *
   * @param count of files; 0 where they are not to be counted
   */
  synchronized void files(long count, long bytes) {
    files = count;
    total = bytes;
  }

  /** One file more is done. */
  synchronized void file() {
    filesDone++;
    draw();
  }

  private void draw() {
    long now = System.nanoTime();
    if (!ended
        && terminal.interactive()
        && now - started >= PATIENCE_NANOS
        && now - drawn >= REDRAW_NANOS) {
      drawn = now;
      shown = true;
      String line = Words.fit(text(counted(), done, total, now - started), terminal.columns() - 1);
      terminal.err().print("\r\u001b[K" + line);
      terminal.err().flush();
    }
  }

  private String counted() {
    return files == 0
        ? what
        : what + " " + Words.count(filesDone) + " of " + Words.files(files) + ",";
  }

  /** {@code uploading 45% of 1.2 GiB, 110.0 MiB/s, 6.1 s left}. */
  static String text(String what, long done, long total, long nanos) {
    double rate = nanos <= 0 ? 0 : done * 1e9 / nanos;
    String speed = Words.size((long) rate) + "/s";
    if (total <= 0) {
      return what + " " + Words.size(done) + ", " + speed;
    }
    String left =
        rate <= 0
            ? ""
            : ", " + Words.took(Duration.ofMillis((long) ((total - done) * 1000 / rate))) + " left";
    return what + " " + done * 100 / total + "% of " + Words.size(total) + ", " + speed + left;
  }

  /** Takes the line away, for good. */
  synchronized void end() {
    clear();
    ended = true;
  }

  /** Takes the line away. */
  synchronized void clear() {
    if (shown) {
      terminal.err().print("\r\u001b[K");
      terminal.err().flush();
      shown = false;
    }
  }
}
