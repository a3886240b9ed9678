package dev.millrace.orch.command;

import dev.millrace.orch.api.view.SecretView;
import dev.millrace.orch.client.CoordinatorClient;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists secrets. */
@Command(
    name = "list",
    description = "List the secrets that are set, without their values.",
    footer = {"", "Example:", "  millrace secret list"})
final class SecretListCommand implements Callable<Integer> {
  private final Setting setting;

  @Mixin Common common = new Common();

  SecretListCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws IOException {
    try (CoordinatorClient client = common.connect(setting)) {
      List<SecretView> secrets = client.secrets();
      if (common.json) {
        common.json(setting, secrets);
      } else if (secrets.isEmpty()) {
        common
            .terminal(setting)
            .say("There are no secrets. Set one: millrace secret set NAME --from-file FILE");
      } else {
        table(secrets).print(common.terminal(setting));
      }
      return Exit.OK;
    }
  }

  private Table table(List<SecretView> secrets) {
    Instant now = setting.clock().instant();
    Table table =
        new Table(
            Table.Column.left("SECRET"),
            Table.Column.right("SIZE"),
            Table.Column.right("AGE"),
            Table.Column.right("SET"),
            Table.Column.flexible("WANTED BY"));
    for (SecretView secret : secrets) {
      table.row(
          secret.name(),
          Words.size(secret.bytes()),
          Words.age(secret.createdAt(), now),
          Words.age(secret.setAt(), now),
          secret.functions().isEmpty() ? "-" : String.join(", ", secret.functions()));
    }
    return table;
  }
}
