package dev.millrace.orch.command;

import dev.millrace.orch.client.CoordinatorClient;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Removes a function. */
@Command(
    name = "remove",
    description =
        "Take no new jobs for a function: those that wait are cancelled, those that run go on.",
    footer = {"", "Example:", "  millrace remove align"})
final class RemoveCommand implements Callable<Integer> {
  private final Setting setting;

  @Mixin Common common = new Common();

  @Parameters(paramLabel = "FUNCTION", description = "Its name.")
  String function = "";

  RemoveCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws IOException {
    try (CoordinatorClient client = common.connect(setting)) {
      client.remove(function);
      if (common.json) {
        common.json(setting, Map.of("removed", function));
      } else {
        common.terminal(setting).line("removed " + function);
      }
      return Exit.OK;
    }
  }
}
