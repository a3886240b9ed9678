package dev.millrace.triggers.embedded.crash;

import dev.millrace.triggers.embedded.blob.BlobId;
import dev.millrace.triggers.embedded.names.BlobNames;
import dev.millrace.triggers.embedded.names.CommitSignal;
import dev.millrace.triggers.embedded.names.NameDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The files of bytes in the folder of a store that is not running. */
final class Blobs {
  private Blobs() {}

  /** Those that nothing names. */
  static List<Path> unnamed(Path folder) throws IOException {
    List<Path> unnamed = new ArrayList<>();
    NameDatabase database = NameDatabase.open(folder.resolve("names.sqlite"), new CommitSignal());
    try (database;
        Stream<Path> files = Files.walk(folder.resolve("blobs"))) {
      BlobNames names = new BlobNames(database);
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (!names.isNamed(new BlobId(String.valueOf(file.getFileName())))) {
          unnamed.add(file);
        }
      }
    }
    return unnamed;
  }
}
