package dev.millrace.triggers.embedded.blob;

/** Where durable bytes lie: in a file of their own, or in a row of the database that names them. */
public sealed interface BlobPlace {
  /** How the database writes a row down; no file has such a name. */
  String ROW = "row:";

  /** A file of the folder of blobs. */
  record InFile(BlobId id) implements BlobPlace {
    @Override
    public String text() {
      return id.value();
    }
  }

  /**
   * A row of the table of small bytes.
   *
   * @param number of which none is given out twice
   */
  record InRow(long number) implements BlobPlace {
    public InRow {
      if (number < 1) {
        throw new IllegalArgumentException("Rows of bytes count from 1: " + number);
      }
    }

    /**
     * With leading zeros, so that the order of texts is that of time, and indexes grow at an end.
     */
    @Override
    public String text() {
      return "%s%019d".formatted(ROW, number);
    }
  }

  /** As the database writes it down. */
  String text();

  /** What {@link #text} has written. */
  static BlobPlace parse(String text) {
    return text.startsWith(ROW)
        ? new InRow(Long.parseLong(text, ROW.length(), text.length(), 10))
        : new InFile(new BlobId(text));
  }
}
