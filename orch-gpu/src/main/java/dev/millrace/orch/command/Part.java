package dev.millrace.orch.command;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of every command that starts Millrace or a part of it. */
final class Part {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = Hints.DATA,
      description = "Folder for all that is kept (default: ${DEFAULT-VALUE}).")
  Path data = Path.of(".millrace");

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Configuration (default: millrace.yaml in that folder, where there is one).")
  @Nullable Path config;

  @Mixin Looks looks = new Looks();

  PartOptions options(Setting setting, @Nullable Integer port, @Nullable Path join) {
    return new PartOptions(
        setting.folder().resolve(data),
        Optional.ofNullable(config).map(setting.folder()::resolve),
        port("--port", port),
        Optional.ofNullable(join).map(setting.folder()::resolve),
        looks.terminal(setting));
  }

  UpOptions up(Setting setting, @Nullable Integer port, @Nullable Integer storePort) {
    return new UpOptions(
        setting.folder().resolve(data),
        Optional.ofNullable(config).map(setting.folder()::resolve),
        port("--port", port),
        port("--store-port", storePort),
        looks.terminal(setting));
  }

  private static OptionalInt port(String option, @Nullable Integer port) {
    if (port == null) {
      return OptionalInt.empty();
    }
    if (port < 0 || port > 65535) {
      throw Mistake.usage(option + " must be 0..65535, found: " + port);
    }
    return OptionalInt.of(port);
  }
}
