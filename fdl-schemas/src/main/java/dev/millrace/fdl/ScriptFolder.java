package dev.millrace.fdl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The files beside an FDL file. What lies outside of its folder is refused, links included. */
public final class ScriptFolder implements ScriptSource {
  private final Path folder;

  /** The folder that the FDL file is in. */
  public ScriptFolder(Path folder) {
    this.folder = folder;
  }

  @Override
  public Lookup<String> script(String path) {
    return switch (inside(path)) {
      case Lookup.Found<Path>(Path file) -> text(file);
      case Lookup.Missing<Path>() -> new Lookup.Missing<>();
      case Lookup.Refused<Path>(String reason) -> new Lookup.Refused<>(reason);
    };
  }

  @Override
  public Lookup<Long> file(String path) {
    return switch (inside(path)) {
      case Lookup.Found<Path>(Path file) -> size(file);
      case Lookup.Missing<Path>() -> new Lookup.Missing<>();
      case Lookup.Refused<Path>(String reason) -> new Lookup.Refused<>(reason);
    };
  }

  private Lookup<Path> inside(String path) {
    return switch (ShippedPath.plain(path)) {
      case Lookup.Found<String>(String plain) -> resolved(plain);
      case Lookup.Missing<String>() -> new Lookup.Missing<>();
      case Lookup.Refused<String>(String reason) -> new Lookup.Refused<>(reason);
    };
  }

  private Lookup<Path> resolved(String plain) {
    try {
      Path root = folder.toRealPath();
      if (!Files.exists(root.resolve(plain))) {
        return new Lookup.Missing<>();
      }
      Path real = root.resolve(plain).toRealPath();
      if (!real.startsWith(root)) {
        return new Lookup.Refused<>("leaves the folder of the FDL file");
      }
      return Files.isRegularFile(real)
          ? new Lookup.Found<>(real)
          : new Lookup.Refused<>("is not a regular file");
    } catch (InvalidPathException e) {
      return new Lookup.Refused<>("is not a path");
    } catch (NoSuchFileException e) {
      return new Lookup.Missing<>();
    } catch (IOException e) {
      return new Lookup.Refused<>("cannot be read: " + e);
    }
  }

  private static Lookup<String> text(Path file) {
    try {
      long size = Files.size(file);
      return size > MAX_SCRIPT_BYTES
          ? ScriptText.tooLong(size)
          : ScriptText.of(Files.readAllBytes(file));
    } catch (IOException e) {
      return new Lookup.Refused<>("cannot be read: " + e);
    }
  }

  private static Lookup<Long> size(Path file) {
    try {
      return new Lookup.Found<>(Files.size(file));
    } catch (IOException e) {
      return new Lookup.Refused<>("cannot be read: " + e);
    }
  }
}
