package dev.millrace.orch.backup;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file of a backup, and where its bytes are.
 *
 * @param path relative to the data folder
 */
record Part(String path, Content content) {

  /** Bytes that do not change any more. */
  sealed interface Content {
    /** How many there are. */
    long bytes() throws IOException;

    InputStream open() throws IOException;
  }

  /** All of a file. */
  record Whole(Path file) implements Content {
    @Override
    public long bytes() throws IOException {
      return Files.size(file);
    }

    @Override
    public InputStream open() throws IOException {
      return Files.newInputStream(file);
    }
  }

  /** The beginning of a file that only grows. */
  record Beginning(Path file, long bytes) implements Content {
    @Override
    public InputStream open() throws IOException {
      return new FirstBytes(Files.newInputStream(file), bytes, file);
    }
  }

  /** The file that had the name when it was opened, whatever has it now. */
  record Opened(FileChannel channel, long bytes, Path file) implements Content {
    @Override
    public InputStream open() throws IOException {
      return new FirstBytes(Channels.newInputStream(channel.position(0)), bytes, file);
    }
  }

  /** What was read already. */
  record Held(byte[] held) implements Content {
    @Override
    public long bytes() {
      return held.length;
    }

    @Override
    public InputStream open() {
      return new ByteArrayInputStream(held);
    }
  }
}
