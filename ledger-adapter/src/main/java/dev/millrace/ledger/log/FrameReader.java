package dev.millrace.ledger.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** Reads frames from one end of a file to the other, through a window. */
final class FrameReader {
  private static final int WINDOW = 1024 * 1024;

  private final FileChannel file;
  private final long end;
  private ByteBuffer window = ByteBuffer.allocate(WINDOW).limit(0);
  private long windowAt;

  /**
   * A reader.
   *
   * @param end first byte that is not read
   */
  FrameReader(FileChannel file, long end) throws IOException {
    this.file = file;
    this.end = Math.min(end, file.size());
  }

  /** What lies at a place. */
  sealed interface Read {}

  /** A frame that agrees with its check sum. */
  @SuppressWarnings("ArrayRecordComponent")
  record Whole(byte[] entry, long next) implements Read {}

  /**
   * No frame.
   *
   * @param torn whether a write that was cut short can have left it so
   */
  record Bad(String what, boolean torn) implements Read {}

  Read at(long position) throws IOException {
    if (end - position < Frames.HEAD) {
      return new Bad("the file ends in the head of a frame", true);
    }
    ByteBuffer head = bytes(position, Frames.HEAD);
    int length = head.getInt();
    int sum = head.getInt();
    if (length == 0 && sum == 0 && zeros(position)) {
      return new Bad("only zeros follow", true);
    }
    if (length < 1 || length > EntryBytes.LONGEST) {
      return new Bad("a frame's length is " + length, false);
    }
    if (end - position - Frames.HEAD < length) {
      return new Bad(
          "a frame of "
              + length
              + " bytes begins, "
              + (end - position - Frames.HEAD)
              + " are there",
          true);
    }
    byte[] entry = new byte[length];
    bytes(position + Frames.HEAD, length).get(entry);
    if (Frames.sum(entry) != sum) {
      return new Bad("the frame does not agree with its check sum", false);
    }
    return new Whole(entry, position + Frames.HEAD + length);
  }

  private boolean zeros(long position) throws IOException {
    for (long p = position; p < end; p += Frames.HEAD) {
      int count = (int) Math.min(Frames.HEAD, end - p);
      ByteBuffer part = bytes(p, count);
      for (int i = 0; i < count; i++) {
        if (part.get() != 0) {
          return false;
        }
      }
    }
    return true;
  }

  private ByteBuffer bytes(long position, int count) throws IOException {
    if (position < windowAt || position + count > windowAt + window.limit()) {
      if (count > window.capacity()) {
        window = ByteBuffer.allocate(count);
      }
      window.clear().limit((int) Math.min(window.capacity(), end - position));
      windowAt = position;
      while (window.hasRemaining()) {
        if (file.read(window, windowAt + window.position()) < 0) {
          throw new IOException("the ledger's entries shrank while they were read");
        }
      }
    }
    return window.slice((int) (position - windowAt), count);
  }
}
