package dev.millrace.orch.up;

import dev.millrace.orch.api.TokenFile;
import dev.millrace.orch.client.ApiFailure;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.orch.client.CoordinatorFile;
import dev.millrace.orch.config.NamedFile;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.json.MalformedJson;
import dev.millrace.schema.run.Join;
import dev.millrace.schema.sign.TrustedKeys;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;

/**
 * How a provider comes by what it joins with: a file that it is given, which it keeps; else what it
 * kept; else, where a coordinator runs on the same data folder, what that one gives it.
 */
final class Joining {
  /** Where it is kept in a provider's folder. */
  static final String NAME = "join.json";

  /** Where it is kept when it came from a coordinator of the same data folder. */
  private static final String HERE = "join-here.json";

  private final Path data;
  private final Path kept;
  private final Path here;

  /**
   * @param data the data folder
   * @param own the provider's part of it
   */
  Joining(Path data, Path own) {
    this.data = data;
    this.kept = own.resolve(NAME);
    this.here = own.resolve(HERE);
  }

  /** Takes up a file that was given, in place of what was kept. */
  Join take(Path given) throws IOException {
    Join join = read(given);
    OwnerFile.write(kept, Json.pretty(join) + "\n");
    return join;
  }

  /** What was kept, or what a coordinator of this data folder gives; empty when there is none. */
  Optional<Join> find(ProviderId name) throws IOException {
    if (Files.exists(kept)) {
      return Optional.of(read(kept));
    }
    if (Files.exists(here)) {
      return Optional.of(found(read(here)));
    }
    Optional<CoordinatorFile> coordinator = CoordinatorFile.read(data);
    Path token = data.resolve(TokenFile.NAME);
    if (coordinator.isEmpty() || !Files.exists(token)) {
      return Optional.empty();
    }
    URI endpoint = coordinator.get().uri();
    try (CoordinatorClient client =
        new CoordinatorClient(endpoint, Files.readString(token).strip())) {
      Join join = client.join(name.value(), endpoint);
      OwnerFile.write(here, Json.pretty(join) + "\n");
      return Optional.of(join);
    } catch (ApiFailure.Unreachable e) {
      return Optional.empty();
    }
  }

  /** A coordinator on the same data folder says itself where it answers now. */
  private Join found(Join join) throws IOException {
    Optional<CoordinatorFile> coordinator = CoordinatorFile.read(data);
    Join.Http http = join.http();
    return coordinator.isEmpty() || http == null
        ? join
        : new Join(
            join.provider(),
            join.coordinatorKey(),
            new Join.Http(coordinator.get().uri(), http.token()));
  }

  private static Join read(Path file) throws IOException {
    try {
      Join join = Json.read(NamedFile.bytes(file, NamedFile.PAGE), Join.class);
      TrustedKeys.of(Base64.getDecoder().decode(join.coordinatorKey()));
      return join;
    } catch (NoSuchFileException e) {
      throw new IOException(
          "there is no join file " + file + ": make one with 'millrace token'", e);
    } catch (MalformedJson | IllegalArgumentException e) {
      throw new IOException(
          file + " is no join file (" + e.getMessage() + "): make one with 'millrace token'", e);
    }
  }
}
