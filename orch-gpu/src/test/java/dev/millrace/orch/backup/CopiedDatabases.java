package dev.millrace.orch.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Databases that are plain files, for tests that say what happens while they are copied. */
class CopiedDatabases implements Databases {
  /** Something happens while the copies are made. */
  void copied() throws IOException {
    // Nothing does.
  }

  /** The store's writers wait. */
  void storeHeld() throws IOException {
    // Nothing happens then.
  }

  /** The store's writers go on. */
  void storeLetGo() throws IOException {
    // Nothing happens then.
  }

  /** What the store names beside its files. */
  List<String> alsoNamed() {
    return List.of();
  }

  @Override
  public Held hold(Path database) throws IOException {
    boolean store = database.endsWith(Layout.NAMES);
    if (store) {
      storeHeld();
    }
    return new Held() {
      @Override
      public Snapshot snapshot() throws IOException {
        return new Plain(database, blobs(database.resolveSibling("blobs")));
      }

      @Override
      public void close() throws IOException {
        if (store) {
          storeLetGo();
        }
      }
    };
  }

  private static List<String> blobs(Path blobs) throws IOException {
    if (!Files.isDirectory(blobs)) {
      return List.of();
    }
    try (Stream<Path> all = Files.walk(blobs)) {
      return all.filter(Files::isRegularFile)
          .filter(each -> !each.toString().contains(".backup"))
          .map(each -> String.valueOf(each.getFileName()))
          .toList();
    }
  }

  private final class Plain implements Snapshot {
    private final Path database;
    private final List<String> named;

    Plain(Path database, List<String> named) {
      this.database = database;
      this.named = named;
    }

    @Override
    public List<String> texts(String query) {
      if (!query.startsWith("SELECT blob FROM")) {
        return List.of();
      }
      return Stream.concat(named.stream(), alsoNamed().stream()).toList();
    }

    @Override
    public void copyTo(Path target) throws IOException {
      copied();
      Files.copy(database, target);
    }

    @Override
    public void close() {
      // Nothing is open.
    }
  }
}
