package dev.millrace.fdl;

import java.util.ArrayList;
import java.util.List;

/**
 * The path of a file beside an FDL file, the same wherever the file is looked for: relative, with
 * {@code /}, and never a step back, so that what validates also deploys.
 */
public final class ShippedPath {
  private ShippedPath() {}

  /** The path without {@code .} segments. */
  public static Lookup<String> plain(String path) {
    if (path.startsWith("/")) {
      return new Lookup.Refused<>("must be relative to the FDL file");
    }
    if (path.indexOf('\0') >= 0 || path.indexOf('\\') >= 0 || path.endsWith("/")) {
      return new Lookup.Refused<>("is not the path of a file");
    }
    List<String> segments = new ArrayList<>();
    for (String segment : path.split("/", -1)) {
      if (segment.equals("..")) {
        return new Lookup.Refused<>("leaves the folder of the FDL file, or steps back in it");
      }
      if (!segment.isEmpty() && !segment.equals(".")) {
        segments.add(segment);
      }
    }
    return segments.isEmpty()
        ? new Lookup.Refused<>("is not the path of a file")
        : new Lookup.Found<>(String.join("/", segments));
  }
}
