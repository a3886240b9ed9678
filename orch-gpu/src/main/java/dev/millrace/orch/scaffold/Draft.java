package dev.millrace.orch.scaffold;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Files that are to be written into a folder. */
public record Draft(List<NewFile> files) {
  public Draft {
    files = List.copyOf(files);
  }

  /**
   * A file.
   *
   * @param path relative to the folder
   * @param executable whether it is a program
   */
  public record NewFile(String path, byte[] content, boolean executable) {
    NewFile(String path, String content) {
      this(path, content.getBytes(java.nio.charset.StandardCharsets.UTF_8), false);
    }
  }

  /** Whether a file of this name is among them. */
  public boolean has(String path) {
    return files.stream().anyMatch(file -> file.path().equals(path));
  }

  /**
   * Writes all of them, or none where one of them is there already.
   *
   * @param folder made where it is not there
   */
  public void write(Path folder) throws IOException {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new IOException(folder + " is no folder: name another one");
    }
    for (NewFile file : files) {
      if (Files.exists(folder.resolve(file.path()), LinkOption.NOFOLLOW_LINKS)) {
        throw taken(folder.resolve(file.path()));
      }
    }
    Files.createDirectories(folder);
    for (NewFile file : files) {
      Path path = folder.resolve(file.path());
      Path parent = path.getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      try {
        Files.write(path, file.content(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      } catch (FileAlreadyExistsException e) {
        throw taken(path);
      }
      if (file.executable()) {
        Set<PosixFilePermission> permissions = EnumSet.copyOf(Files.getPosixFilePermissions(path));
        permissions.add(PosixFilePermission.OWNER_EXECUTE);
        Files.setPosixFilePermissions(path, permissions);
      }
    }
  }

  private static IOException taken(Path path) {
    return new IOException(path + " is there already, and is not overwritten: name another folder");
  }
}
