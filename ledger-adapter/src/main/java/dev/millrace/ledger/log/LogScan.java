package dev.millrace.ledger.log;

import dev.millrace.ledger.proof.HashTree;
import dev.millrace.ledger.proof.TreeHash;
import dev.millrace.schema.ledger.Ledger.Problem;
import dev.millrace.schema.sign.Hex;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Reads both files from start to end and compares them. */
final class LogScan {
  private final LogFiles.Reading files;
  private final IndexRecords index;
  private final long known;
  private final Visitor visitor;
  private final List<Problem> problems = new ArrayList<>();
  private final HashTree tree = new HashTree();
  private final List<Long> ends = new ArrayList<>();
  private final List<Long> damaged = new ArrayList<>();
  private long tornAt = -1;

  /** Takes each entry that agrees with its check sum. */
  @FunctionalInterface
  interface Visitor {
    void entry(long index, byte[] bytes, boolean recorded);
  }

  /**
   * How far a scan goes.
   *
   * @param end first byte of the entries that is not looked at
   * @param durable number of entries that are durable for certain: none of them can be a torn write
   * @param indexed number of index records that are looked at
   */
  record Extent(long end, long durable, long indexed) {}

  private LogScan(LogFiles.Reading files, IndexRecords index, long durable, Visitor visitor) {
    this.files = files;
    this.index = index;
    this.known = Math.max(index.count(), durable);
    this.visitor = visitor;
  }

  static LogScan of(LogFiles.Reading files, Extent extent, Visitor visitor) throws IOException {
    IndexRecords index = IndexRecords.read(files.index(), extent.indexed);
    LogScan scan = new LogScan(files, index, extent.durable, visitor);
    scan.firstLine(files.entries(), Frames.FIRST_LINE, LogFiles.ENTRIES);
    scan.firstLine(files.index(), IndexRecords.FIRST_LINE, LogFiles.INDEX);
    scan.frames(extent.end);
    scan.compare();
    return scan;
  }

  private void firstLine(FileChannel file, byte[] line, String name) throws IOException {
    ByteBuffer found = ByteBuffer.allocate(line.length);
    while (found.hasRemaining() && file.read(found, found.position()) >= 0) {}
    int wrong = Arrays.mismatch(found.array(), 0, found.position(), line, 0, line.length);
    if (wrong >= 0) {
      problems.add(
          new Problem(
              -1, "byte " + wrong + " of the file " + name + ", in its first line, is wrong"));
    }
  }

  private void frames(long end) throws IOException {
    FrameReader reader = new FrameReader(files.entries(), end);
    long position = Frames.FIRST_LINE.length;
    long stop = Math.max(end, position);
    while (position >= 0 && position < stop) {
      position =
          switch (reader.at(position)) {
            case FrameReader.Whole(byte[] entry, long next) -> take(entry, next);
            case FrameReader.Bad bad -> skip(position, bad, stop);
          };
    }
  }

  private long take(byte[] entry, long next) {
    visitor.entry(tree.size(), entry, index.sound(tree.size()));
    tree.add(TreeHash.leaf(entry));
    ends.add(next);
    return next;
  }

  /** Where to read on after a bad frame, -1 for nowhere. */
  private long skip(long position, FrameReader.Bad bad, long stop) {
    long number = tree.size();
    if (number >= known && bad.torn()) {
      tornAt = position;
      return -1;
    }
    problems.add(
        new Problem(
            number, bad.what() + ", at byte " + position + " of the file " + LogFiles.ENTRIES));
    if (!index.sound(number) || index.end(number) <= position || index.end(number) > stop) {
      return -1;
    }
    damaged.add(number);
    tree.add(index.leafHash(number));
    ends.add(index.end(number));
    return index.end(number);
  }

  private void compare() {
    boolean same = tree.size() >= index.count();
    for (int i = 0; i < index.count(); i++) {
      if (!index.sound(i)) {
        problems.add(
            new Problem(
                i,
                "record "
                    + i
                    + ", at byte "
                    + IndexRecords.place(i)
                    + " of the file "
                    + LogFiles.INDEX
                    + ", does not agree with its check sum"));
      } else {
        same &= i < tree.size() && recorded(i);
      }
    }
    if (same) {
      places();
    } else {
      problems.addAll(HashDifference.between(actual(), expected()));
    }
  }

  private List<String> actual() {
    List<String> hashes = new ArrayList<>();
    for (long i = 0; i < tree.size(); i++) {
      hashes.add(damaged.contains(i) ? "" : Hex.of(tree.leaf(i)));
    }
    return hashes;
  }

  private List<String> expected() {
    List<String> hashes = new ArrayList<>();
    for (int i = 0; i < index.count(); i++) {
      hashes.add(index.sound(i) ? Hex.of(index.leafHash(i)) : "");
    }
    return hashes;
  }

  private void places() {
    for (int i = 0; i < index.count(); i++) {
      if (index.sound(i) && index.end(i) != ends.get(i)) {
        problems.add(
            new Problem(
                i, "record " + i + " of the file " + LogFiles.INDEX + " names another place"));
      }
    }
  }

  List<Problem> problems() {
    return problems;
  }

  /** Hashes of what is there; of a damaged entry, the hash that was recorded. */
  HashTree tree() {
    return tree;
  }

  IndexRecords index() {
    return index;
  }

  long end(long number) {
    return number < 0 ? Frames.FIRST_LINE.length : ends.get(Math.toIntExact(number));
  }

  /** Where a write was cut short, -1 when none was. */
  long tornAt() {
    return tornAt;
  }

  /** Whether the index says the same of an entry's bytes. */
  boolean recorded(long number) {
    return index.sound(number) && Arrays.equals(index.leafHash(number), tree.leaf(number));
  }
}
