package dev.millrace.orch.bench;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a figure has to be. Where several bounds are given, one that is kept is enough.
 *
 * @param atLeast in the figure's unit; null for no such bound
 * @param atMost in the figure's unit; null for no such bound
 * @param floorShare of the floor's rate, at least; null for no such bound
 */
public record Budget(
    @Nullable Double atLeast, @Nullable Double atMost, @Nullable Double floorShare) {

  /** No less than this. */
  static Budget atLeast(double bound) {
    return new Budget(bound, null, null);
  }

  /** No more than this. */
  static Budget atMost(double bound) {
    return new Budget(null, bound, null);
  }

  /** A share of what the floor reaches. */
  static Budget ofFloor(double share) {
    return new Budget(null, null, share);
  }

  /** Either is enough. */
  static Budget atLeastOrOfFloor(double bound, double share) {
    return new Budget(bound, null, share);
  }

  boolean metBy(double value, @Nullable Double floor) {
    return atLeast != null && value >= atLeast
        || atMost != null && value <= atMost
        || floorShare != null && floor != null && value >= floorShare * floor;
  }

  /** For people. */
  public String text() {
    String bound =
        atLeast != null
            ? ">= " + Figure.number(atLeast)
            : atMost != null ? "<= " + Figure.number(atMost) : "";
    if (floorShare == null) {
      return bound;
    }
    String share = String.format(Locale.ROOT, ">= %.1f of floor", floorShare);
    return bound.isEmpty() ? share : bound + " or " + share.substring(3);
  }
}
