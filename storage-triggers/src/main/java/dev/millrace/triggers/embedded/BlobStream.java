package dev.millrace.triggers.embedded;

import dev.millrace.triggers.embedded.blob.BlobFolder;
import dev.millrace.triggers.embedded.names.Content;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;

/** The blobs of one content as one stream; they were opened together, so no overwrite cuts it. */
final class BlobStream extends InputStream {
  private final List<FileChannel> channels = new ArrayList<>();
  private int at;

  private BlobStream() {}

  /**
   * Opens all blobs.
   *
   * @throws java.nio.file.NoSuchFileException when the content was let go meanwhile
   */
  static BlobStream open(BlobFolder blobs, Content content) throws IOException {
    BlobStream stream = new BlobStream();
    try {
      for (Content.Part part : content.parts()) {
        stream.channels.add(blobs.read(part.blob()));
      }
      return stream;
    } catch (IOException | RuntimeException e) {
      stream.close();
      throw e;
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (at < channels.size()) {
      int count = channels.get(at).read(ByteBuffer.wrap(bytes, offset, length));
      if (count > 0) {
        return count;
      }
      at++;
    }
    return -1;
  }

  @Override
  public void close() throws IOException {
    for (FileChannel channel : channels) {
      channel.close();
    }
  }
}
