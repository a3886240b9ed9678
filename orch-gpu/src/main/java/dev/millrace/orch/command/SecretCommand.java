package dev.millrace.orch.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What is said of secrets. */
@Command(
    name = "secret",
    description = {
      "Keep secrets for functions: encrypted here, and given to their runs as variables.",
      "No command shows a value again."
    },
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "Example:",
      "  millrace secret set maps.key --from-file key.txt",
      "and in the function's FDL:",
      "  secrets: {API_KEY: maps.key}"
    })
final class SecretCommand implements Runnable {
  @Spec CommandSpec spec = CommandSpec.create();

  @Mixin Looks looks = new Looks();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say 'set', 'list', 'remove' or 'rekey'");
  }
}
