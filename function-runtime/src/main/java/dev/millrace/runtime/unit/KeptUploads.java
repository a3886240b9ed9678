package dev.millrace.runtime.unit;

import dev.millrace.schema.json.Json;
import dev.millrace.schema.json.MalformedJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/** How far an upload in parts is, in a file of its run's folder. */
final class KeptUploads {
  private KeptUploads() {}

  static Optional<PartsKept> read(Path record) throws IOException {
    try {
      return Optional.of(Json.read(Files.readAllBytes(record), PartsKept.class));
    } catch (NoSuchFileException | MalformedJson e) {
      return Optional.empty();
    }
  }

  /** The old record or the new one is there at every instant. */
  static void write(Path record, PartsKept kept) throws IOException {
    Path fresh =
        Files.write(record.resolveSibling(record.getFileName() + ".new"), Json.bytes(kept));
    Files.move(fresh, record, StandardCopyOption.ATOMIC_MOVE);
  }
}
