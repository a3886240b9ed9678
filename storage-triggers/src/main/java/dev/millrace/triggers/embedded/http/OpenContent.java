package dev.millrace.triggers.embedded.http;

import dev.millrace.triggers.embedded.blob.BlobFolder;
import dev.millrace.triggers.embedded.names.Content;
import dev.millrace.triggers.embedded.names.OpenObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The opened bytes of one content: they stay readable whatever happens to the name. */
final class OpenContent implements AutoCloseable {
  private static final int BUFFER_BYTES = 128 << 10;

  private final List<FileChannel> channels = new ArrayList<>();
  private final List<Long> sizes = new ArrayList<>();

  private final Optional<byte[]> row;

  private OpenContent(Optional<byte[]> row) {
    this.row = row;
  }

  /**
   * Opens all files, where the bytes were not read with the name.
   *
   * @throws java.nio.file.NoSuchFileException when the content was let go meanwhile
   */
  static OpenContent open(BlobFolder blobs, OpenObject object) throws IOException {
    return switch (object.bytes()) {
      case OpenObject.Bytes.InRow found -> new OpenContent(Optional.of(object.whole(found)));
      case OpenObject.Bytes.InFiles() -> open(blobs, object.object().content());
    };
  }

  private static OpenContent open(BlobFolder blobs, Content content) throws IOException {
    OpenContent open = new OpenContent(Optional.empty());
    try {
      for (Content.Part part : content.parts()) {
        open.channels.add(blobs.read(part.blob()));
        open.sizes.add(part.size());
      }
      return open;
    } catch (IOException | RuntimeException e) {
      open.close();
      throw e;
    }
  }

  /** Takes bytes; the buffer is free again when it returns. */
  @FunctionalInterface
  interface Sink {
    void write(ByteBuffer bytes, boolean last) throws IOException;
  }

  /** Sends a range to the sink; the last call, and only that, is marked as the last. */
  void send(ByteRange range, Sink sink) throws IOException {
    if (row.isPresent()) {
      sink.write(ByteBuffer.wrap(row.get(), (int) range.offset(), (int) range.length()), true);
      return;
    }
    ByteBuffer buffer =
        ByteBuffer.allocateDirect((int) Math.clamp(range.length(), 1, BUFFER_BYTES));
    long skip = range.offset();
    long left = range.length();
    if (left == 0) {
      sink.write(ByteBuffer.allocate(0), true);
    }
    for (int i = 0; i < channels.size() && left > 0; i++) {
      long size = sizes.get(i);
      if (skip >= size) {
        skip -= size;
      } else {
        long count = Math.min(size - skip, left);
        left -= count;
        send(channels.get(i), new ByteRange(skip, count), buffer, left == 0, sink);
        skip = 0;
      }
    }
  }

  private static void send(
      FileChannel channel, ByteRange range, ByteBuffer buffer, boolean lastBlob, Sink sink)
      throws IOException {
    long position = range.offset();
    long left = range.length();
    while (left > 0) {
      buffer.clear().limit((int) Math.min(buffer.capacity(), left));
      int count = channel.read(buffer, position);
      if (count < 0) {
        throw new IOException("A blob is shorter than its size says");
      }
      position += count;
      left -= count;
      sink.write(buffer.flip(), lastBlob && left == 0);
    }
  }

  @Override
  public void close() throws IOException {
    for (FileChannel channel : channels) {
      channel.close();
    }
  }
}
