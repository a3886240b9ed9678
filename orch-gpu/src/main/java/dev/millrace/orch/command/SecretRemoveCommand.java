package dev.millrace.orch.command;

import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.schema.id.SecretName;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Forgets secrets. */
@Command(
    name = "remove",
    description = {
      "Forget secrets.",
      "One that a deployed function wants stays, unless --force is given: jobs of that function"
          + " then wait until it is set again."
    },
    footer = {"", "Example:", "  millrace secret remove maps.key"})
final class SecretRemoveCommand implements Callable<Integer> {
  private final Setting setting;

  @Mixin Common common = new Common();

  @Parameters(paramLabel = "NAME", arity = "1..*", description = "As 'secret list' shows it.")
  List<String> names = List.of();

  @Option(names = "--force", description = "Though functions want it.")
  boolean force;

  SecretRemoveCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws IOException {
    List<SecretName> secrets = names.stream().map(SecretSetCommand::name).toList();
    try (CoordinatorClient client = common.connect(setting)) {
      for (SecretName secret : secrets) {
        client.removeSecret(secret, force);
        if (!common.json) {
          common.terminal(setting).line("removed " + secret);
        }
      }
      if (common.json) {
        common.json(setting, Map.of("removed", names));
      }
      return Exit.OK;
    }
  }
}
