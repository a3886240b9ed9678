package dev.millrace.orch.command;

import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.run.Join;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lets a provider in. */
@Command(
    name = "token",
    description = {
      "Make the join file of a provider: its token, and whose orders it believes.",
      "It is a secret. A file that was made for this name before is worth nothing from then on."
    },
    footer = {"", "Example:", "  millrace token gpu-1 --out gpu-1.join"})
final class TokenCommand implements Callable<Integer> {
  private final Setting setting;

  @Mixin Common common = new Common();

  @Parameters(paramLabel = "PROVIDER", description = "The provider's name.")
  String provider = "";

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Where to write it, for its owner alone (default: to the terminal).")
  @Nullable Path out;

  @Option(
      names = "--reach",
      paramLabel = "URL",
      description = "Where the provider reaches the coordinator (default: as this command does).")
  @Nullable URI reach;

  @Option(names = "--buckets", description = "For a provider that reaches nothing but the store.")
  boolean buckets;

  TokenCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws IOException {
    ProviderId name;
    try {
      name = new ProviderId(provider);
    } catch (IllegalArgumentException e) {
      throw Mistake.usage(String.valueOf(e.getMessage()));
    }
    try (CoordinatorClient client = common.connect(setting)) {
      Join join = client.join(name.value(), reach(client));
      Path file = out;
      if (file == null) {
        setting.terminal().line(Json.pretty(join));
      } else {
        write(setting.folder().resolve(file), Json.pretty(join) + "\n");
        common.terminal(setting).line("wrote " + file + ", for 'millrace provider --join'");
      }
      return Exit.OK;
    }
  }

  private @Nullable URI reach(CoordinatorClient client) {
    if (buckets) {
      if (reach != null) {
        throw Mistake.usage("--reach and --buckets are two ways: give one of them");
      }
      return null;
    }
    return reach == null ? client.endpoint() : reach;
  }

  private static void write(Path file, String text) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    } catch (FileAlreadyExistsException e) {
      throw new IOException(file + " is there already: remove it, or name another with --out", e);
    }
  }
}
