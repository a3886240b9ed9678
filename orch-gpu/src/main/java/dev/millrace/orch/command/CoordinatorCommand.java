package dev.millrace.orch.command;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Starts a coordinator alone. */
@Command(
    name = "coordinator",
    description = {
      "Start a coordinator alone, without a store or a provider; stop with Ctrl-C.",
      "Its store is the one that runs on the same data folder, or the one that store.endpoint in"
          + " its configuration names."
    },
    footer = {"", "Example:", "  millrace coordinator --data ~/millrace --port 7070"})
final class CoordinatorCommand implements Callable<Integer> {
  private final Setting setting;

  @Mixin Part part = new Part();

  @Option(names = "--port", paramLabel = "PORT", description = "Port of the API; 0 for any.")
  @Nullable Integer port;

  CoordinatorCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() {
    return setting.lifecycle().coordinator(part.options(setting, port, null));
  }
}
