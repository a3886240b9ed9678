package dev.millrace.schema.time;

/** A monotonic clock for durations; wall time is for people, URLs and bills. */
@FunctionalInterface
public interface Ticker {
  /** Nanoseconds since some fixed moment; only differences mean something. */
  long nanos();

  /** The machine's own. */
  static Ticker system() {
    return System::nanoTime;
  }
}
