package dev.millrace.runtime.resident;

import dev.millrace.runtime.runner.LogCut;
import dev.millrace.schema.run.Printed;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The file that a worker's standard error is appended to, read by parts: what is written during a
 * job is the job's log, of which head and tail are kept. It is held open from the beginning, so
 * that whatever a worker does to the name, no other file is read. For one thread at a time.
 */
public final class WorkerLog implements AutoCloseable {
  private static final int CHUNK = 64 * 1024;

  /** Above this the file is emptied while the worker writes to it. */
  private static final long FILE_MAX = 8L * 1024 * 1024;

  /** A flood may be faster than its reader, who has a job to end in time. */
  private static final long AT_ONCE = 64L * 1024 * 1024;

  private final Path file;
  private final FileChannel channel;
  private long read;
  private Printed head = new Printed(0);
  private byte[] tail = new byte[0];
  private int tailMax;
  private long beyond;

  private WorkerLog(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /** Makes the file, which must not be there. */
  public static WorkerLog create(Path file) throws IOException {
    return new WorkerLog(
        file,
        FileChannel.open(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE));
  }

  /** Where the worker appends. */
  public Path file() {
    return file;
  }

  /**
   * A job begins: what came before it is forgotten, but for what a worker that was just started has
   * said until now.
   *
   * @return the first part of the job's log, as it comes: of this job and no other
   */
  Printed begin(long maxBytes, boolean fresh) throws IOException {
    if (!fresh) {
      channel.truncate(0);
    }
    read = 0;
    LogCut cut = LogCut.within(maxBytes);
    head = new Printed(cut.headBytes());
    tailMax = (int) cut.tailBytes();
    tail = new byte[0];
    beyond = 0;
    return head;
  }

  /**
   * Reads on; a file that has grown large is emptied. What a flood adds in that very moment,
   * between the last look at its size and the cut, is lost.
   */
  void drain() throws IOException {
    if (read >= channel.size()) {
      return;
    }
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
    long until = read + AT_ONCE;
    while (read < channel.size() && read < until) {
      chunk.clear();
      int count = channel.read(chunk, read);
      if (count <= 0) {
        break;
      }
      read += count;
      keep(chunk.array(), count);
    }
    if (read > FILE_MAX && (read >= until || read >= channel.size())) {
      channel.truncate(0);
      read = 0;
    }
  }

  private void keep(byte[] bytes, int count) {
    int first = head.add(bytes, count);
    if (first < count && tail.length == 0) {
      // Most logs are short: half of what may be kept is made room for only when it is needed.
      tail = new byte[tailMax];
    }
    for (int i = first; i < count && tail.length > 0; i++) {
      tail[(int) (beyond++ % tail.length)] = bytes[i];
    }
  }

  /**
   * Writes the job's log, and a last line when there is something to say; no file for a log that is
   * empty.
   */
  void finish(Path target, String last) throws IOException {
    drain();
    if (head.size() == 0 && beyond == 0 && last.isEmpty()) {
      Files.deleteIfExists(target);
      return;
    }
    try (OutputStream out = Files.newOutputStream(target)) {
      out.write(head.read(0, Integer.MAX_VALUE));
      if (beyond > tail.length) {
        out.write(LogCut.MIDDLE.getBytes(StandardCharsets.UTF_8));
      }
      long kept = Math.min(beyond, tail.length);
      for (long i = beyond - kept; i < beyond; i++) {
        out.write(tail[(int) (i % tail.length)]);
      }
      out.write(last.getBytes(StandardCharsets.UTF_8));
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // Nothing was written through it that could be lost.
      return;
    }
  }
}
