package dev.millrace.schema.object;

/** What tells one version of an object from the next, by what its store offers. */
public sealed interface VersionTag {
  /** A stable text form, part of a job's identity. */
  String text();

  /** Reads {@link #text()} back. */
  static VersionTag parse(String text) {
    if (text.startsWith("g:")) {
      return new Generation(Long.parseLong(text.substring(2)));
    }
    if (text.startsWith("v:")) {
      return new VersionId(text.substring(2));
    }
    int at = text.lastIndexOf('@');
    if (text.startsWith("e:") && at > 2) {
      return new ETagAt(text.substring(2, at), Long.parseLong(text.substring(at + 1)));
    }
    throw new IllegalArgumentException("not a version tag: '" + text + "'");
  }

  /** The embedded store counts every write. */
  record Generation(long number) implements VersionTag {
    @Override
    public String text() {
      return "g:" + number;
    }
  }

  /** A bucket with versioning on. */
  record VersionId(String id) implements VersionTag {
    @Override
    public String text() {
      return "v:" + id;
    }
  }

  /**
   * Every other bucket: the entity tag with the time of the write.
   *
   * @param eTag without quotes
   * @param epochSecond Last-Modified, in seconds
   */
  record ETagAt(String eTag, long epochSecond) implements VersionTag {
    @Override
    public String text() {
      return "e:" + eTag + "@" + epochSecond;
    }
  }
}
