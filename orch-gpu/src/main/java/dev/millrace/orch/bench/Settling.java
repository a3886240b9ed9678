package dev.millrace.orch.bench;

import java.io.IOException;
import java.time.Duration;

/**
 * Lets a coordinator's compilers come to rest before it is measured: rounds that are not counted,
 * until one takes hardly less processor time than the one before, eight at most.
 */
record Settling(Child child) {
  private static final int ROUNDS = 8;
  private static final double SETTLED = 0.93;

  /** A number of pieces of work, done by the time that it returns. */
  @FunctionalInterface
  interface Work {
    void round(int round) throws IOException, InterruptedException;
  }

  /**
   * Rounds of so many pieces each.
   *
   * @param what they are, for who watches
   * @param first milliseconds of processor time that a piece took before
   * @return how many were done
   */
  int settle(String what, int count, double first, Work work)
      throws IOException, InterruptedException {
    Bench bench = child.bench();
    double last = first;
    int done = 0;
    for (int round = 0; round < bench.quickOr(1, ROUNDS); round++) {
      bench.doing(what + " to warm up");
      Duration begun = child.used();
      work.round(round);
      done += count;
      double now = perPiece(begun, count);
      if (now > SETTLED * last) {
        break;
      }
      last = now;
    }
    return done;
  }

  /** Milliseconds of the coordinator's processor time for each of so many pieces since then. */
  double perPiece(Duration since, int count) throws IOException {
    return child.used().minus(since).toNanos() / 1e6 / count;
  }
}
