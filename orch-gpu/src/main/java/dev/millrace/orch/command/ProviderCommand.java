package dev.millrace.orch.command;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Starts a provider alone. */
@Command(
    name = "provider",
    description = {
      "Start a provider alone: its devices, and the functions that run on them; stop with Ctrl-C.",
      "The first time it is given a join file, which 'millrace token' makes; it keeps what is in"
          + " it. A provider on a coordinator's own data folder needs none."
    },
    footer = {
      "",
      "Example:",
      "  millrace token gpu-1 --out gpu-1.join               where the coordinator is",
      "  millrace provider --data ~/gpu-1 --join gpu-1.join  where the devices are"
    })
final class ProviderCommand implements Callable<Integer> {
  private final Setting setting;

  @Mixin Part part = new Part();

  @Option(
      names = "--join",
      paramLabel = "FILE",
      description = "What 'millrace token' made; kept, so that it is needed once.")
  @Nullable Path join;

  ProviderCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() {
    return setting.lifecycle().provider(part.options(setting, null, join));
  }
}
