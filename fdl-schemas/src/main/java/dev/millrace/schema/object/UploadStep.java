package dev.millrace.schema.object;

/**
 * A step of an upload in parts: what one PUT does not take goes by these, each by a URL of its own.
 */
public sealed interface UploadStep {
  /** A part has at least this, but for the last one. */
  long PART_BYTES_MIN = 5L << 20;

  /** A part has at most this, as one PUT and one copy. */
  long PART_BYTES_MAX = 5L << 30;

  /** An upload has at most so many parts. */
  int PARTS_MAX = 10_000;

  /** An object has at most this. */
  long OBJECT_BYTES_MAX = 5L << 40;

  /**
   * The size of parts that lets an object come through in at most {@link #PARTS_MAX}: the wished
   * one, or the next whole MiB that suffices.
   */
  static long partBytes(long wished, long size) {
    long needed = Math.ceilDiv(size, PARTS_MAX);
    return needed <= wished ? wished : Math.ceilDiv(needed, 1L << 20) << 20;
  }

  /** POST without a body; the answer's document names the upload. */
  record Begin() implements UploadStep {}

  /**
   * PUT of a part; the answer's entity tag is named at the end.
   *
   * @param upload as the begin's answer named it
   * @param number 1 to {@link #PARTS_MAX}
   */
  record Part(String upload, int number) implements UploadStep {
    public Part {
      proven(upload);
      if (number < 1 || number > PARTS_MAX) {
        throw new IllegalArgumentException(
            "a part's number must be 1 to " + PARTS_MAX + ": " + number);
      }
    }
  }

  /** POST of the document that names all parts: the object is there when it succeeds. */
  record Complete(String upload) implements UploadStep {
    public Complete {
      proven(upload);
    }
  }

  /** DELETE: the parts go, and nothing is there. */
  record Abort(String upload) implements UploadStep {
    public Abort {
      proven(upload);
    }
  }

  private static void proven(String upload) {
    if (upload.isEmpty() || upload.length() > 1024) {
      throw new IllegalArgumentException(
          "an upload's id must have 1 to 1,024 characters, has " + upload.length());
    }
  }
}
