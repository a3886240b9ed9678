package dev.millrace.orch.command;

import dev.millrace.orch.api.view.TokenView;
import dev.millrace.orch.client.CoordinatorClient;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists API tokens. */
@Command(
    name = "list",
    description = "List the API tokens that were made, without their secrets.",
    footer = {"", "Example:", "  millrace token list"})
final class TokenListCommand implements Callable<Integer> {
  private final Setting setting;

  @Mixin Common common = new Common();

  TokenListCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws IOException {
    try (CoordinatorClient client = common.connect(setting)) {
      List<TokenView> tokens = client.tokens();
      if (common.json) {
        common.json(setting, tokens);
      } else if (tokens.isEmpty()) {
        common
            .terminal(setting)
            .say("There are no tokens. Make one: millrace token NAME --role viewer");
      } else {
        table(tokens).print(common.terminal(setting));
      }
      return Exit.OK;
    }
  }

  private Table table(List<TokenView> tokens) {
    Instant now = setting.clock().instant();
    Table table =
        new Table(
            Table.Column.left("TOKEN"),
            Table.Column.left("ROLE"),
            Table.Column.right("AGE"),
            Table.Column.left("EXPIRES"),
            Table.Column.flexible("NAME"));
    for (TokenView token : tokens) {
      table.row(
          token.id(),
          token.role(),
          Words.age(token.createdAt(), now),
          expires(token.expiresAt(), now),
          token.name());
    }
    return table;
  }

  private static Table.Cell expires(@Nullable Instant at, Instant now) {
    if (at == null) {
      return Table.Cell.of("never");
    }
    return now.isBefore(at)
        ? Table.Cell.of(Words.day(at))
        : new Table.Cell("has expired", Paint.BAD);
  }
}
