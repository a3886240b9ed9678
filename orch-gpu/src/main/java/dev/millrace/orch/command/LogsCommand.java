package dev.millrace.orch.command;

import dev.millrace.orch.api.view.JobDetail;
import dev.millrace.orch.client.CoordinatorClient;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Prints what a run wrote. */
@Command(
    name = "logs",
    description = "Print the log of a job's last attempt, or of another one.",
    footer = {"", "Example:", "  millrace logs 01k9xw4t7d2m --attempt 1"})
final class LogsCommand implements Callable<Integer> {
  private final Setting setting;

  @Mixin Common common = new Common();

  @Parameters(paramLabel = "JOB", description = "Its id, or the beginning of it.")
  String id = "";

  @Option(names = "--attempt", paramLabel = "N", description = "Which attempt (default: the last).")
  @Nullable Integer attempt;

  LogsCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws IOException {
    Integer asked = attempt;
    try (CoordinatorClient client = common.connect(setting)) {
      int number = asked == null ? last(client) : asked;
      try (InputStream log = client.log(id, number)) {
        if (common.json) {
          String text = new String(log.readAllBytes(), StandardCharsets.UTF_8);
          common.json(setting, Map.of("attempt", number, "log", text));
        } else {
          log.transferTo(setting.terminal().out());
          setting.terminal().out().flush();
        }
      }
      return Exit.OK;
    }
  }

  private int last(CoordinatorClient client) throws IOException {
    JobDetail job = client.job(id);
    if (job.attempts().isEmpty()) {
      throw Mistake.failed(
          "the job has not been tried yet, it is "
              + job.job().state()
              + ": 'millrace job "
              + id
              + "' tells why");
    }
    return job.attempts().getLast().number();
  }
}
