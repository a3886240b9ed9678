package dev.millrace.orch.command;

import dev.millrace.orch.api.view.FunctionView;
import dev.millrace.orch.client.CoordinatorClient;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists deployed functions. */
@Command(
    name = "functions",
    description = "List the deployed functions.",
    footer = {"", "Example:", "  millrace functions --json"})
final class FunctionsCommand implements Callable<Integer> {
  private final Setting setting;

  @Mixin Common common = new Common();

  FunctionsCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws IOException {
    try (CoordinatorClient client = common.connect(setting)) {
      List<FunctionView> functions = client.functions();
      if (common.json) {
        common.json(setting, functions);
      } else if (functions.isEmpty()) {
        common.terminal(setting).line("No function is deployed. Try: millrace deploy FILE");
      } else {
        table(functions).print(common.terminal(setting));
      }
      return Exit.OK;
    }
  }

  private static Table table(List<FunctionView> functions) {
    Table table =
        new Table(
            Table.Column.flexible("FUNCTION"),
            Table.Column.right("REV"),
            Table.Column.left("RUNNER"),
            Table.Column.left("ON"),
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
