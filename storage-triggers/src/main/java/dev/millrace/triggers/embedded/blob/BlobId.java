package dev.millrace.triggers.embedded.blob;

import java.util.regex.Pattern;

/** The name of one immutable file of bytes: 32 lower-case hexadecimal digits. */
public record BlobId(String value) {
  private static final Pattern SHAPE = Pattern.compile("[0-9a-f]{32}");

  public BlobId {
    if (!SHAPE.matcher(value).matches()) {
      throw new IllegalArgumentException("A blob id is 32 hexadecimal digits: " + value);
    }
  }

  /** The sub-folder that holds the file. */
  String shard() {
    return value.substring(0, 2);
  }

  /** Whether a file of that name could be a blob. */
  static boolean isId(String name) {
    return SHAPE.matcher(name).matches();
  }
}
