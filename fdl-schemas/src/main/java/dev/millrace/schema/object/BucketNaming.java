package dev.millrace.schema.object;

import java.util.regex.Pattern;

/**
 * What buckets can be called (S3 User Guide, "General purpose bucket naming rules", and what its
 * clients refuse beside that). Older buckets of other stores may be called otherwise.
 */
public final class BucketNaming {
  /** The rules as one phrase. */
  public static final String ALLOWED =
      "3 to 63 of a-z, 0-9, '-' and '.', a letter or digit at both ends and beside each dot, no IP"
          + " address";

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
  private static final Pattern BAD_DOT = Pattern.compile("\\.\\.|-\\.|\\.-");
  private static final Pattern ADDRESS = Pattern.compile("[0-9]+(\\.[0-9]+){3}");

  private BucketNaming() {}

  /** Whether a bucket of this name can be made. */
  public static boolean takes(String name) {
    return NAME.matcher(name).matches()
        && !BAD_DOT.matcher(name).find()
        && !ADDRESS.matcher(name).matches();
  }
}
