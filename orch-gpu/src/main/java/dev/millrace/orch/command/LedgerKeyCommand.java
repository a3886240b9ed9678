package dev.millrace.orch.command;

import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.schema.ledger.LedgerKey;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Prints the key that the ledger's checkpoints are checked by. */
@Command(
    name = "key",
    description = {
      "Print the public key that checkpoints and proofs are checked by: the verifier key of a"
          + " signed note, name+id+base64.",
      "With --json also its id, the log's origin, and the same key as PEM."
    },
    footer = {"", "Example:", "  millrace ledger key > elsewhere/ledger.vkey"})
final class LedgerKeyCommand implements Callable<Integer> {
  private final Setting setting;

  @Mixin Common common = new Common();

  LedgerKeyCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws IOException {
    try (CoordinatorClient client = common.connect(setting)) {
      LedgerKey key = client.ledgerKey();
      if (common.json) {
        common.json(setting, key);
      } else {
        setting.terminal().out().println(key.verifier());
        setting.terminal().out().flush();
      }
      return Exit.OK;
    }
  }
}
