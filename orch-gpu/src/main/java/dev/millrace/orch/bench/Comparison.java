package dev.millrace.orch.bench;

import java.util.ArrayList;
import java.util.List;

/**
 * How a figure stands to the same one of a run that was kept.
 *
 * @param change of the median, as a share of what it was
 * @param noise what the medians of these two runs may differ by without meaning anything
 */
public record Comparison(Figure before, Figure now, double change, double noise, Outcome outcome) {
  /** Two runs on one machine are never closer than this, whatever their rounds say. */
  private static final double LEAST_NOISE = 0.05;

  /** With one round there is no spread to judge by. */
  private static final double NOISE_OF_ONE = 0.25;

  /** What the change says. */
  public enum Outcome {
    /** Better by more than the noise. */
    BETTER,
    /** Worse by more than the noise. */
    WORSE,
    /** Nothing can be said. */
    WITHIN_NOISE
  }

  /** All figures that both runs have. */
  public static List<Comparison> of(Report before, Report now) {
    List<Comparison> all = new ArrayList<>();
    for (Figure figure : now.figures()) {
      before.figure(figure.id()).ifPresent(old -> all.add(of(old, figure)));
    }
    return all;
  }

  static Comparison of(Figure before, Figure now) {
    double noise = Math.max(LEAST_NOISE, Math.max(noise(before), noise(now)));
    double change =
        before.median() == 0
            ? (now.median() == 0 ? 0 : Double.POSITIVE_INFINITY)
            : now.median() / before.median() - 1;
    Outcome outcome =
        Math.abs(change) <= noise
            ? Outcome.WITHIN_NOISE
            : change > 0 == now.more() ? Outcome.BETTER : Outcome.WORSE;
    return new Comparison(before, now, change, noise, outcome);
  }

  private static double noise(Figure figure) {
    return figure.rounds() == 1 ? NOISE_OF_ONE : figure.spread();
  }
}
