package dev.millrace.orch.command;

import dev.millrace.orch.client.CoordinatorClient;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows a job. */
@Command(
    name = "job",
    description = "Show a job: its way, attempts, outputs, ledger entries.",
    footer = {
      "",
      "The beginning of an id is enough where it fits one job only.",
      "",
      "Examples:",
      "  millrace job 01k9xw4t7d2m",
      "  millrace job 01k9xw4t7d2m --order 1 > order"
    })
final class JobCommand implements Callable<Integer> {
  private final Setting setting;

  @Mixin Common common = new Common();

  @Parameters(paramLabel = "JOB", description = "Its id, or the beginning of it.")
  String id = "";

  @Option(
      names = "--order",
      paramLabel = "N",
      description = "Print the signed order of the Nth attempt, and nothing else.")
  @Nullable Integer order;

  JobCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws IOException {
    Integer attempt = order;
    try (CoordinatorClient client = common.connect(setting)) {
      if (attempt == null) {
        Terminal terminal = common.terminal(setting);
        if (common.json) {
          common.json(setting, client.job(id));
        } else {
          new JobSheet(terminal, client.job(id), setting.clock().instant()).print();
        }
      } else if (common.json) {
        common.json(setting, Map.of("order", client.order(id, attempt)));
      } else {
        setting.terminal().line(client.order(id, attempt));
      }
      return Exit.OK;
    }
  }
}
