package dev.millrace.schema.function;

/**
 * A file that ships with a function, kept by its digest.
 *
 * @param name one path segment: what a run finds it as
 * @param sha256 lower-case hex
 * @param size bytes
 */
public record FunctionFile(String name, String sha256, long size) {
  public FunctionFile {
    if (name.isEmpty()
        || name.contains("/")
        || name.contains("\\")
        || name.equals(".")
        || name.equals("..")
        || name.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "a function's file must be one path segment: '" + name + "'");
    }
    if (!sha256.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException("not a SHA-256 in lower-case hex: '" + sha256 + "'");
    }
  }
}
