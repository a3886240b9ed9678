package dev.millrace.orch.command;

import dev.millrace.orch.api.view.RekeyAnswer;
import dev.millrace.orch.client.CoordinatorClient;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Changes the key that secrets are sealed under. */
@Command(
    name = "rekey",
    description = {
      "Seal all secrets under a fresh key, and forget the one before.",
      "Jobs go on meanwhile. Copy keys/secrets.key out of the data folder again afterwards: a"
          + " backup leaves it out."
    },
    footer = {"", "Example:", "  millrace secret rekey"})
final class SecretRekeyCommand implements Callable<Integer> {
  private final Setting setting;

  @Mixin Common common = new Common();

  SecretRekeyCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws IOException {
    try (CoordinatorClient client = common.connect(setting)) {
      RekeyAnswer done = client.rekeySecrets();
      if (common.json) {
        common.json(setting, done);
      } else {
        int count = done.secrets();
        common
            .terminal(setting)
            .line("sealed " + count + (count == 1 ? " secret" : " secrets") + " under a new key");
      }
      return Exit.OK;
    }
  }
}
