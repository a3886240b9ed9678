package dev.millrace.orch.bench;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Something measured in several rounds.
 *
 * @param id the same in every run, for comparison, for instance {@code match.1000}
 * @param more whether more is better
 * @param low of the rounds
 * @param high of the rounds
 * @param floor the median of the same work with nothing around it, in the same unit and run; null
 *     where there is no such thing
 * @param floorIs what the floor did; empty without one
 * @param budget null for a figure that only explains others
 */
public record Figure(
    String id,
    String what,
    String unit,
    boolean more,
    double median,
    double low,
    double high,
    int rounds,
    @Nullable Double floor,
    String floorIs,
    @Nullable Budget budget) {

  /** How the figure stands to its budget. */
  public enum Verdict {
    /** It is kept. */
    MET,
    /** It is not. */
    MISSED,
    /** There is none. */
    NONE
  }

  /** A figure of rounds. */
  static Figure of(String id, String what, String unit, boolean more, Rounds rounds) {
    return new Figure(
        id,
        what,
        unit,
        more,
        rounds.median(),
        rounds.low(),
        rounds.high(),
        rounds.count(),
        null,
        "",
        null);
  }

  /** The same beside its floor. */
  Figure beside(String is, Rounds rounds) {
    return new Figure(
        id, what, unit, more, median, low, high, this.rounds, rounds.median(), is, budget);
  }

  /** The same with what it has to be. */
  Figure within(Budget bound) {
    return new Figure(id, what, unit, more, median, low, high, rounds, floor, floorIs, bound);
  }

  /** Whether the budget is met. */
  public Verdict verdict() {
    if (budget == null) {
      return Verdict.NONE;
    }
    return budget.metBy(median, floor) ? Verdict.MET : Verdict.MISSED;
  }

  /** Distance between the lowest and the highest round, as a share of the median. */
  public double spread() {
    return median == 0 ? 0 : (high - low) / median;
  }

  /** A number with three digits that matter, at least. */
  public static String number(double value) {
    double size = Math.abs(value);
    if (size >= 100) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
    if (value == Math.rint(value)) {
      return String.format(Locale.ROOT, "%.0f", value);
    }
    return String.format(Locale.ROOT, size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f", value);
  }
}
