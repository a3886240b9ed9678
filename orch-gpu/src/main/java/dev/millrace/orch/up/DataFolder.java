package dev.millrace.orch.up;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/** A data folder that this process has to itself, as long as it is open. */
public final class DataFolder implements AutoCloseable {
  private final Path root;
  private final FileChannel channel;

  private DataFolder(Path root, FileChannel channel) {
    this.root = root;
    this.channel = channel;
  }

  /**
   * Takes a folder, made for its owner alone when it is not there: what lies in it are other
   * people's files.
   *
   * @throws IOException when another process has it, or it cannot be written
   */
  public static DataFolder open(Path root) throws IOException {
    Path folder = make(root);
    FileChannel channel =
        FileChannel.open(
            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return new DataFolder(folder, channel);
      }
    } catch (OverlappingFileLockException e) {
      channel.close();
      throw new IOException("this process uses " + folder + " already", e);
    }
    channel.close();
    throw new IOException(
        folder
            + " is used by another process ('millrace doctor' tells which): stop it, or name"
            + " another folder with --data");
  }

  /** Makes a folder for its owner alone, when it is not there; several processes may share it. */
  static Path make(Path root) throws IOException {
    Path folder = root.toAbsolutePath().normalize();
    try {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } catch (FileAlreadyExistsException e) {
      throw new IOException(
          e.getFile() + " is a file and no folder: name another folder with --data", e);
    }
    return folder;
  }

  /** A file or folder in it. */
  public Path file(String name) {
    return root.resolve(name);
  }

  /** The folder itself. */
  public Path root() {
    return root;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
