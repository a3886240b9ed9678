package dev.millrace.orch.command;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * A file for its owner alone, held open before the secret is asked for: what is shown once is not
 * to be lost because a folder is missing.
 */
final class SecretFile implements AutoCloseable {
  private final Path path;
  private final FileChannel channel;
  private boolean written;

  private SecretFile(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /** A new file, never one that is there. */
  static SecretFile make(Path path) throws IOException {
    try {
      return new SecretFile(
          path,
          FileChannel.open(
              path,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))));
    } catch (FileAlreadyExistsException e) {
      throw new IOException(path + " is there already: remove it, or name another with --out", e);
    } catch (NoSuchFileException e) {
      throw new IOException("there is no folder for " + path + ": name another with --out", e);
    }
  }

  void write(String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    written = true;
  }

  /** Leaves no empty file where there was nothing to write. */
  @Override
  public void close() throws IOException {
    channel.close();
    if (!written) {
      Files.deleteIfExists(path);
    }
  }
}
