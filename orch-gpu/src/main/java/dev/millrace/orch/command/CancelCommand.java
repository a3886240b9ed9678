package dev.millrace.orch.command;

import dev.millrace.orch.client.CoordinatorClient;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Cancels jobs. */
@Command(
    name = "cancel",
    description = "Ask a job to stop; its run is told, its slice given back.",
    footer = {"", "Example:", "  millrace cancel 01k9xw4t7d2m"})
final class CancelCommand implements Callable<Integer> {
  private final Setting setting;

  @Mixin Common common = new Common();

  @Parameters(arity = "1..*", paramLabel = "JOB", description = "Ids, or the beginnings of them.")
  List<String> ids = List.of();

  CancelCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws IOException {
    return Wishes.ask(setting, common, CoordinatorClient.Wish.CANCEL, ids);
  }
}
