package dev.millrace.orch.command;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Starts a store alone. */
@Command(
    name = "store",
    description = "Start the embedded store alone; stop with Ctrl-C.",
    footer = {"", "Example:", "  millrace store --data ~/millrace --port 9000"})
final class StoreCommand implements Callable<Integer> {
  private final Setting setting;

  @Mixin Part part = new Part();

  @Option(names = "--port", paramLabel = "PORT", description = "Port of the store; 0 for any.")
  @Nullable Integer port;

  StoreCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() {
    return setting.lifecycle().store(part.options(setting, port, null));
  }
}
