package dev.millrace.orch.command;

import dev.millrace.orch.api.view.FunctionView;
import dev.millrace.orch.client.CoordinatorClient;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Lists deployed functions. */
@Command(
    name = "functions",
    description = "List the deployed functions, or show one.",
    footer = {
      "",
      "One function is shown with the secrets that it wants, which of them are missing, and which",
      "providers elsewhere it trusts with them.",
      "",
      "Examples:",
      "  millrace functions",
      "  millrace functions align --json"
    })
final class FunctionsCommand implements Callable<Integer> {
  private final Setting setting;

  @Mixin Common common = new Common();

  @Parameters(arity = "0..1", paramLabel = "FUNCTION", description = "Show this one in full.")
  @Nullable String name;

  FunctionsCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws IOException {
    try (CoordinatorClient client = common.connect(setting)) {
      if (name != null) {
        return one(client.function(name));
      }
      List<FunctionView> functions = client.functions();
      if (common.json) {
        common.json(setting, functions);
      } else if (functions.isEmpty()) {
        common.terminal(setting).say("No function is deployed. Try: millrace deploy FILE");
      } else {
        table(functions).print(common.terminal(setting));
      }
      return Exit.OK;
    }
  }

  private int one(FunctionView function) {
    if (common.json) {
      common.json(setting, function);
    } else {
      FunctionSheet.print(common.terminal(setting), function);
    }
    return Exit.OK;
  }

  private static Table table(List<FunctionView> functions) {
    Table table =
        new Table(
            Table.Column.flexible("FUNCTION"),
            Table.Column.right("REV").spare(1),
            Table.Column.left("RUNNER"),
            Table.Column.left("ON").spare(2),
            Table.Column.flexible("INPUT"),
            Table.Column.flexible("OUTPUT"));
    for (FunctionView function : functions) {
      table.row(
          function.name(),
          function.revision(),
          function.runner(),
          function.accelerator(),
          places(function.inputs()),
          places(function.outputs()));
    }
    return table;
  }

  private static String places(List<FunctionView.Rule> rules) {
    return rules.isEmpty()
        ? "-"
        : rules.stream().map(FunctionView.Rule::uri).collect(Collectors.joining(" "));
  }
}
