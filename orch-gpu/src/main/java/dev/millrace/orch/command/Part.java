package dev.millrace.orch.command;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Options of every command that starts a part of Millrace alone. */
final class Part {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = ".millrace",
      description = "Folder for everything that is kept (default: ${DEFAULT-VALUE}).")
  Path data = Path.of(".millrace");

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Configuration (default: millrace.yaml in that folder, where there is one).")
  @Nullable Path config;

  @Option(names = "--no-color", description = "No colours; NO_COLOR does the same.")
  boolean noColor;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;

  PartOptions options(Setting setting, @Nullable Integer port, @Nullable Path join) {
    return new PartOptions(
        setting.folder().resolve(data),
        Optional.ofNullable(config).map(setting.folder()::resolve),
        port("--port", port),
        Optional.ofNullable(join).map(setting.folder()::resolve),
        noColor ? setting.terminal().plain() : setting.terminal());
  }

  static OptionalInt port(String option, @Nullable Integer port) {
    if (port == null) {
      return OptionalInt.empty();
    }
    if (port < 0 || port > 65535) {
      throw Mistake.usage(option + " must be 0..65535, found: " + port);
    }
    return OptionalInt.of(port);
  }
}
