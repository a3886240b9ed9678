package dev.millrace.orch.command;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Starts a coordinator here. */
@Command(
    name = "up",
    description = "Start the coordinator, its store and a provider here; stop with Ctrl-C.",
    footer = {"", "Example:", "  millrace up --data ~/millrace --port 7070"})
final class UpCommand implements Callable<Integer> {
  private final Setting setting;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = ".millrace",
      description = "Folder for everything that is kept (default: ${DEFAULT-VALUE}).")
  Path data = Path.of(".millrace");

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Configuration (default: millrace.yaml, where there is one).")
  @Nullable Path config;

  @Option(names = "--port", paramLabel = "PORT", description = "Port of the API; 0 for any.")
  @Nullable Integer port;

  @Option(
      names = "--store-port",
      paramLabel = "PORT",
      description = "Port of the embedded store; 0 for any.")
  @Nullable Integer storePort;

  @Option(names = "--no-color", description = "No colours; NO_COLOR does the same.")
  boolean noColor;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;

  UpCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() {
    Terminal terminal = noColor ? setting.terminal().plain() : setting.terminal();
    UpOptions options =
        new UpOptions(
            setting.folder().resolve(data),
            Optional.ofNullable(config).map(setting.folder()::resolve),
            port("--port", port),
            port("--store-port", storePort),
            terminal);
    return setting.lifecycle().up(options);
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
