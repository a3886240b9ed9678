package dev.millrace.fdl;

import dev.millrace.fdl.yaml.Spot;

/**
 * A place in a file.
 *
 * @param file as it was named by whoever asked
 * @param line from 1
 * @param column from 1, in code points
 */
public record Place(String file, int line, int column) {
  static Place of(String file, Spot spot) {
    return new Place(file, spot.line(), spot.column());
  }

  @Override
  public String toString() {
    return file + ":" + line + ":" + column;
  }
}
