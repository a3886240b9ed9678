package dev.millrace.fdl.yaml;

/**
 * A place in a text.
 *
 * @param line from 1
 * @param column from 1, in code points
 */
public record Spot(int line, int column) {
  /** The beginning of the text. */
  public static final Spot START = new Spot(1, 1);
}
