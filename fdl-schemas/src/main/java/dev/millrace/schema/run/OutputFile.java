package dev.millrace.schema.run;

/**
 * A file that a run produced and uploaded under its own prefix.
 *
 * @param path relative to TMP_OUTPUT_DIR, with forward slashes, no empty, {@code .} or {@code ..}
 *     segment
 * @param size bytes
 * @param sha256 lower-case hex
 */
public record OutputFile(String path, long size, String sha256) {
  public OutputFile {
    for (String segment : path.split("/", -1)) {
      if (segment.isEmpty() || segment.equals(".") || segment.equals("..")) {
        throw new IllegalArgumentException("an output's path leaves its folder: '" + path + "'");
      }
    }
    if (path.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("an output's path holds a NUL");
    }
  }
}
