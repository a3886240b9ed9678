package dev.millrace.orch.command;

import dev.millrace.orch.client.CoordinatorClient;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Ends API tokens. */
@Command(
    name = "revoke",
    description = "Make API tokens worthless at once.",
    footer = {"", "Example:", "  millrace token revoke 5f0c2b9a71d3e846"})
final class TokenRevokeCommand implements Callable<Integer> {
  private final Setting setting;

  @Mixin Common common = new Common();

  @Parameters(
      paramLabel = "TOKEN",
      arity = "1..*",
      description = "As 'millrace token list' shows it; not the secret.")
  List<String> ids = List.of();

  TokenRevokeCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws IOException {
    try (CoordinatorClient client = common.connect(setting)) {
      for (String id : ids) {
        if (!id.matches("[0-9a-f]{16}")) {
          throw Mistake.usage(
              "a token is revoked by its id, 16 digits or letters a to f: 'millrace token list'"
                  + " shows them");
        }
      }
      for (String id : ids) {
        client.revokeToken(id);
        if (!common.json) {
          common.terminal(setting).line("revoked " + id);
        }
      }
      if (common.json) {
        common.json(setting, Map.of("revoked", ids));
      }
      return Exit.OK;
    }
  }
}
