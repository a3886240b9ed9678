package dev.millrace.orch.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What the ledger commands have in common: their name. */
@Command(
    name = "ledger",
    description = "Read and check the account of who did what, for how long.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "Example:", "  millrace ledger verify"})
final class LedgerCommand implements Runnable {
  @Spec CommandSpec spec = CommandSpec.create();

  @Mixin Looks looks = new Looks();

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "say which: list, show, verify, prove, checkpoint or key");
  }
}
