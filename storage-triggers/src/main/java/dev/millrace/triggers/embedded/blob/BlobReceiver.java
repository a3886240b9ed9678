package dev.millrace.triggers.embedded.blob;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/**
 * A body on its way in. It stays in memory as long as it is small; with the first byte beyond that
 * it goes to a file. Closed without {@link #keep()}, it leaves nothing behind.
 */
public final class BlobReceiver extends OutputStream {
  private final BlobFolder folder;
  private final int memoryMaxBytes;
  private ByteArrayOutputStream memory;
  private Optional<BlobWriter> file = Optional.empty();

  private BlobReceiver(BlobFolder folder, int memoryMaxBytes, int expectedBytes) {
    this.folder = folder;
    this.memoryMaxBytes = memoryMaxBytes;
    this.memory = new ByteArrayOutputStream(expectedBytes);
  }

  /** Of a body whose length is not known. */
  static BlobReceiver ofAnyLength(BlobFolder folder, int memoryMaxBytes) throws IOException {
    if (memoryMaxBytes == 0) {
      return ofLength(folder, memoryMaxBytes, 1);
    }
    return new BlobReceiver(folder, memoryMaxBytes, Math.min(memoryMaxBytes, 1 << 10));
  }

  /** Of a body of so many bytes: one that is large goes to its file at once. */
  static BlobReceiver ofLength(BlobFolder folder, int memoryMaxBytes, long bytes)
      throws IOException {
    boolean small = memoryMaxBytes > 0 && bytes <= memoryMaxBytes;
    BlobReceiver receiver = new BlobReceiver(folder, memoryMaxBytes, small ? (int) bytes : 0);
    if (!small) {
      receiver.spill();
    }
    return receiver;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (file.isEmpty() && length > memoryMaxBytes - memory.size()) {
      spill();
    }
    if (file.isPresent()) {
      file.get().write(bytes, offset, length);
    } else {
      memory.write(bytes, offset, length);
    }
  }

  private void spill() throws IOException {
    BlobWriter writer = folder.create();
    file = Optional.of(writer);
    writer.write(memory.toByteArray(), 0, memory.size());
    memory = new ByteArrayOutputStream(0);
  }

  /** All of the body: in memory, or in a file that is durable now. */
  public FreshBytes keep() throws IOException {
    return file.isPresent()
        ? new FreshBytes.InFile(file.get().keep())
        : new FreshBytes.InMemory(memory.toByteArray());
  }

  @Override
  public void close() throws IOException {
    if (file.isPresent()) {
      file.get().close();
    }
  }
}
