package dev.millrace.triggers.embedded;

import dev.millrace.triggers.embedded.blob.BlobFolder;
import dev.millrace.triggers.embedded.names.Content;
import dev.millrace.triggers.embedded.names.OpenObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;

/** The files of one content as one stream; they were opened together, so no overwrite cuts it. */
final class BlobStream extends InputStream {
  private final List<FileChannel> channels = new ArrayList<>();
  private int at;

  private BlobStream() {}

  /**
   * The bytes that were read with the name, or all files, opened.
   *
   * @throws java.nio.file.NoSuchFileException when the content was let go meanwhile
   */
  static InputStream open(BlobFolder blobs, OpenObject object) throws IOException {
    return switch (object.bytes()) {
      case OpenObject.Bytes.InRow row -> new ByteArrayInputStream(object.whole(row));
      case OpenObject.Bytes.InFiles() -> open(blobs, object.object().content());
    };
  }

  private static BlobStream open(BlobFolder blobs, Content content) throws IOException {
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
