package dev.millrace.orch.command;

import dev.millrace.orch.client.CoordinatorClient;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Redrives jobs. */
@Command(
    name = "redrive",
    description = "Let a dead or refused job wait for another try.",
    footer = {"", "Example:", "  millrace redrive 01k9xw4t7d2m"})
final class RedriveCommand implements Callable<Integer> {
  private final Setting setting;

  @Mixin Common common = new Common();

  @Parameters(arity = "1..*", paramLabel = "JOB", description = "Ids, or the beginnings of them.")
  List<String> ids = List.of();

  RedriveCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws IOException {
    return Wishes.ask(setting, common, CoordinatorClient.Wish.REDRIVE, ids);
  }
}
