package dev.millrace.orch.command;

import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.orch.client.CoordinatorFile;
import dev.millrace.schema.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of every command that asks a coordinator. */
final class Common {
  private static final String TOKEN = "token";
  private static final int TOKEN_MAX = 4096;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = Hints.DATA,
      description = "Data folder of the coordinator (default: ${DEFAULT-VALUE}).")
  Path data = Path.of(".millrace");

  @Option(
      names = "--endpoint",
      paramLabel = "URL",
      description = "Where the coordinator answers (default: as its data folder says).")
  @Nullable URI endpoint;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "File with the token (default: the one in the data folder).")
  @Nullable Path tokenFile;

  @Option(names = "--json", description = "Print JSON, for programs.")
  boolean json;

  @Mixin Looks looks = new Looks();

  Terminal terminal(Setting setting) {
    return looks.terminal(setting);
  }

  /** Prints a value for programs. */
  void json(Setting setting, Object value) {
    setting.terminal().line(Json.pretty(value));
  }

  /** Prints one of many values for programs, on a line of its own. */
  void jsonLine(Setting setting, Object value) {
    setting.terminal().line(Json.text(value));
  }

  /** Finds the coordinator; the caller closes what it gets. */
  CoordinatorClient connect(Setting setting) throws IOException {
    return new CoordinatorClient(where(setting), token(setting, setting.folder().resolve(data)));
  }

  /** The same, where each answer is to begin in so long. */
  CoordinatorClient connect(Setting setting, Duration within) throws IOException {
    return new CoordinatorClient(
        where(setting), token(setting, setting.folder().resolve(data)), within);
  }

  /** Where the coordinator answers. */
  URI where(Setting setting) throws IOException {
    return endpoint == null ? found(setting.folder().resolve(data)) : checked(endpoint);
  }

  private URI found(Path folder) throws IOException {
    return CoordinatorFile.read(folder)
        .map(CoordinatorFile::uri)
        .orElseThrow(() ->
            Mistake.nobody(
                (Files.exists(folder.resolve(TOKEN))
                        ? "no coordinator is running in "
                        : "no coordinator has run in ")
                    + data
                    + ": start one with 'millrace up', or say where with --data"));
  }

  private static URI checked(URI endpoint) {
    boolean web = "http".equals(endpoint.getScheme()) || "https".equals(endpoint.getScheme());
    if (!web || endpoint.getHost() == null) {
      throw Mistake.usage(
          "--endpoint must be a URL like http://127.0.0.1:7070, found: '" + endpoint + "'");
    }
    return endpoint;
  }

  private String token(Setting setting, Path folder) throws IOException {
    Path file = tokenFile == null ? folder.resolve(TOKEN) : setting.folder().resolve(tokenFile);
    try {
      return checked(file, beginning(file).strip());
    } catch (NoSuchFileException e) {
      throw Mistake.token(
          "there is no token file " + file + ": name it with --token-file, or --data");
    } catch (IOException e) {
      throw Mistake.token(
          "the token file " + file + " cannot be read: ask its owner, or run as its owner");
    }
  }

  /** A file that is named by mistake may be of any size, or have no end. */
  private static String beginning(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return new String(in.readNBytes(TOKEN_MAX + 2), StandardCharsets.UTF_8);
    }
  }

  /** What is no token is never sent or shown: it may be another secret. */
  private static String checked(Path file, String token) {
    if (token.isEmpty() || token.length() > TOKEN_MAX || !token.matches("[\\x21-\\x7e]+")) {
      throw Mistake.token(
          file + " holds no token, which is one word: give the right --token-file, or --data");
    }
    return token;
  }
}
