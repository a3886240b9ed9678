package dev.millrace.orch.command;

import dev.millrace.orch.api.view.JobDetail;
import dev.millrace.orch.client.CoordinatorClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
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
    description = {
      "Print the log of a job's last attempt, or of another one.",
      "On a terminal, controls other than colours are written out; elsewhere the log comes as it is.",
      "With --follow, of all attempts from that one on, until the job ends or rests; the exit code"
          + " says then whether it succeeded. An attempt's log comes as far as its provider has"
          + " handed it in, which it does at the attempt's end."
    },
    footer = {
      "",
      "Examples:",
      "  millrace logs 01k9xw4t7d2m --attempt 1",
      "  millrace logs -f 01k9xw4t7d2m"
    })
final class LogsCommand implements Callable<Integer> {
  private final Setting setting;

  @Mixin Common common = new Common();

  @Parameters(paramLabel = "JOB", description = "Its id, or the beginning of it.")
  String id = "";

  @Option(names = "--attempt", paramLabel = "N", description = "Which attempt (default: the last).")
  @Nullable Integer attempt;

  @Option(
      names = {"-f", "--follow"},
      description = "Print what comes, while the job goes on.")
  boolean follow;

  private @Nullable OutputStream screen;

  LogsCommand(Setting setting) {
    this.setting = setting;
  }

  /** To a file or a pipe a log goes as it is. */
  private OutputStream screen() {
    OutputStream known = screen;
    if (known == null) {
      Terminal terminal = setting.terminal();
      known = terminal.interactive() ? new LogScreen(terminal.out()) : terminal.out();
      screen = known;
    }
    return known;
  }

  @Override
  public Integer call() throws IOException {
    Integer asked = attempt;
    try (CoordinatorClient client = common.connect(setting)) {
      if (follow) {
        return follow(client, asked == null ? 1 : asked);
      }
      int number = asked == null ? last(client) : asked;
      try (InputStream log = client.log(id, number)) {
        if (common.json) {
          String text = new String(log.readAllBytes(), StandardCharsets.UTF_8);
          common.json(setting, Map.of("attempt", number, "log", text));
        } else {
          log.transferTo(screen());
          screen().flush();
        }
      }
      return Exit.OK;
    }
  }

  private int follow(CoordinatorClient client, int first) throws IOException {
    String state = new LogFollower(client, id, first, sink()).follow().job().state();
    common
        .terminal(setting)
        .note("The job is " + state + "; 'millrace job " + id + "' tells all of it.");
    return state.equals("succeeded") ? Exit.OK : Exit.FAILED;
  }

  /** A piece of a followed log for programs. */
  record Piece(int attempt, String text) {}

  private LogFollower.Sink sink() {
    return new LogFollower.Sink() {
      @Override
      public void text(int number, byte[] more) throws IOException {
        if (common.json) {
          common.jsonLine(setting, new Piece(number, new String(more, StandardCharsets.UTF_8)));
        } else {
          screen().write(more);
          screen().flush();
        }
      }

      @Override
      public void note(String text) {
        setting.terminal().note(text);
      }
    };
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
