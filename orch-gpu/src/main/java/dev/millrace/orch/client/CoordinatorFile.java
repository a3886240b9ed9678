package dev.millrace.orch.client;

import dev.millrace.schema.json.Json;
import dev.millrace.schema.json.MalformedJson;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * Where a running coordinator is found: it writes this into its data folder, commands read it.
 *
 * @param endpoint base URL of the API
 * @param pid of the process
 */
public record CoordinatorFile(String endpoint, long pid, String version) {
  /** Its name in the data folder. */
  public static final String NAME = "coordinator.json";

  /** The API's base URL. */
  public URI uri() {
    return URI.create(endpoint);
  }

  /** Says where this coordinator is, in one step. */
  public void write(Path data) throws IOException {
    Path part = data.resolve(NAME + ".part");
    Files.writeString(part, Json.pretty(this) + "\n");
    Files.move(part, data.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
  }

  /** What the coordinator of this data folder last said; empty when there was none. */
  public static Optional<CoordinatorFile> read(Path data) throws IOException {
    Path file = data.resolve(NAME);
    try {
      return Optional.of(Json.read(Files.readAllBytes(file), CoordinatorFile.class));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (MalformedJson e) {
      throw new IOException(file + " is not what a coordinator writes: " + e.getMessage(), e);
    }
  }

  /** Takes it away, when the coordinator stops. */
  public static void remove(Path data) throws IOException {
    Files.deleteIfExists(data.resolve(NAME));
  }
}
