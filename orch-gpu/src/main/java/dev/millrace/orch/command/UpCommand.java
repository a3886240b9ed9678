package dev.millrace.orch.command;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Starts a coordinator here. */
@Command(
    name = "up",
    description = "Start the coordinator, its store and a provider here; stop with Ctrl-C.",
    footer = {"", "Example:", "  millrace up --data ~/millrace --port 7070"})
final class UpCommand implements Callable<Integer> {
  private final Setting setting;

  @Mixin Part part = new Part();

  @Option(names = "--port", paramLabel = "PORT", description = "Port of the API; 0 for any.")
  @Nullable Integer port;

  @Option(
      names = "--store-port",
      paramLabel = "PORT",
      description = "Port of the embedded store; 0 for any.")
  @Nullable Integer storePort;

  UpCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() {
    return setting.lifecycle().up(part.up(setting, port, storePort));
  }
}
