package dev.millrace.orch.command;

import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.schema.ledger.Checkpoint;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Prints the ledger's newest checkpoint. */
@Command(
    name = "checkpoint",
    description = "Print the newest signed checkpoint, to be kept elsewhere.",
    footer = {"", "Example:", "  millrace ledger checkpoint > elsewhere/checkpoint"})
final class LedgerCheckpointCommand implements Callable<Integer> {
  private final Setting setting;

  @Mixin Common common = new Common();

  LedgerCheckpointCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws IOException {
    try (CoordinatorClient client = common.connect(setting)) {
      Checkpoint checkpoint = client.checkpoint();
      if (common.json) {
        common.json(setting, checkpoint);
      } else {
        setting.terminal().out().print(checkpoint.note());
        setting.terminal().out().flush();
      }
      return Exit.OK;
    }
  }
}
