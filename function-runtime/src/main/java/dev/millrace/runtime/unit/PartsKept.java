package dev.millrace.runtime.unit;

import java.util.ArrayList;
import java.util.List;

/**
 * What is kept of an upload in parts, so that a restart goes on behind the last part that arrived.
 *
 * @param relative the object under the run's prefix
 * @param size bytes of the file
 * @param partBytes of each part but the last
 * @param upload as the store named it
 * @param parts that have arrived, without a gap
 */
record PartsKept(String relative, long size, long partBytes, String upload, List<Part> parts) {
  /** A part that has arrived, with the entity tag that it got. */
  record Part(int number, String eTag) {}

  PartsKept {
    parts = List.copyOf(parts);
  }

  /** Whether it is of that very object, cut in that way. */
  boolean fits(String otherRelative, long otherSize, long otherPartBytes) {
    return relative.equals(otherRelative) && size == otherSize && partBytes == otherPartBytes;
  }

  PartsKept with(String eTag) {
    List<Part> more = new ArrayList<>(parts);
    more.add(new Part(parts.size() + 1, eTag));
    return new PartsKept(relative, size, partBytes, upload, more);
  }

  /** Where the next part begins. */
  long offset() {
    return Math.min(size, parts.size() * partBytes);
  }

  boolean whole() {
    return offset() == size;
  }
}
