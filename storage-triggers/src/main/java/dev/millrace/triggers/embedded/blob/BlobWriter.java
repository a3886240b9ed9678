package dev.millrace.triggers.embedded.blob;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** One blob being written. Closed without {@link #keep()}, it leaves nothing behind. */
public final class BlobWriter extends OutputStream {
  /** How often the disk is asked whether there is still room. */
  private static final int CHECK_BYTES = 1 << 20;

  private final BlobFolder folder;
  private final BlobId id;
  private final FileChannel channel;
  private long uncheckedBytes;
  private boolean kept;

  private BlobWriter(BlobFolder folder, BlobId id, FileChannel channel) {
    this.folder = folder;
    this.id = id;
    this.channel = channel;
  }

  static BlobWriter create(BlobFolder folder, BlobId id) throws IOException {
    FileChannel channel =
        FileChannel.open(folder.path(id), StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
    return new BlobWriter(folder, id, channel);
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    uncheckedBytes += length;
    if (uncheckedBytes >= CHECK_BYTES) {
      folder.space().require(uncheckedBytes);
      uncheckedBytes = 0;
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  /** Makes the file and its directory entry durable. */
  public BlobId keep() throws IOException {
    channel.force(true);
    Path parent = folder.path(id).getParent();
    if (parent != null) {
      BlobFolder.syncDirectory(parent);
    }
    kept = true;
    return id;
  }

  @Override
  public void close() throws IOException {
    channel.close();
    if (!kept) {
      folder.remove(id);
    }
  }
}
