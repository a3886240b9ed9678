package dev.millrace.orch.command;

import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.schema.ledger.Ledger;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Proves that an entry is in the ledger. */
@Command(
    name = "prove",
    description = "Print the proof (RFC 6962) that an entry is in the ledger.",
    footer = {"", "Example:", "  millrace ledger prove 17 --json > proof.json"})
final class LedgerProveCommand implements Callable<Integer> {
  private final Setting setting;

  @Mixin Common common = new Common();

  @Parameters(paramLabel = "INDEX", description = "The entry's number, from 0.")
  long index;

  LedgerProveCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws IOException {
    if (index < 0) {
      throw Mistake.usage("entries are numbered from 0, found: " + index);
    }
    try (CoordinatorClient client = common.connect(setting)) {
      Ledger.Proof proof = client.prove(index);
      if (common.json) {
        common.json(setting, proof);
      } else {
        print(common.terminal(setting), proof);
      }
      return Exit.OK;
    }
  }

  private static void print(Terminal terminal, Ledger.Proof proof) {
    terminal.line("entry " + proof.index() + " of " + proof.checkpoint().size());
    terminal.line("leaf  " + proof.leafHash());
    for (String hash : proof.path()) {
      terminal.line("with  " + hash);
    }
    terminal.line("root  " + proof.checkpoint().rootHash());
    terminal.line("");
    terminal.line("The checkpoint that states this root:");
    terminal.out().print(proof.checkpoint().note());
    terminal.out().flush();
  }
}
