package dev.millrace.orch.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** One number a round. */
final class Rounds {
  private final List<Double> values = new ArrayList<>();

  Rounds add(double value) {
    values.add(value);
    return this;
  }

  static Rounds of(double... values) {
    Rounds rounds = new Rounds();
    Arrays.stream(values).forEach(rounds::add);
    return rounds;
  }

  private double[] sorted() {
    if (values.isEmpty()) {
      throw new IllegalStateException("no round was measured");
    }
    return values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
  }

  /** The middle one, or the mean of the middle two. */
  double median() {
    double[] sorted = sorted();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  double low() {
    return sorted()[0];
  }

  double high() {
    return sorted()[values.size() - 1];
  }

  int count() {
    return values.size();
  }

  /** The value below which this share lies, of sorted nanoseconds, in milliseconds. */
  static double millis(long[] sortedNanos, double share) {
    int at = (int) Math.min(sortedNanos.length - 1L, (long) (sortedNanos.length * share));
    return sortedNanos[at] / 1e6;
  }
}
