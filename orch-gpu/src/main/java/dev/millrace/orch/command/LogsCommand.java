package dev.millrace.orch.command;

import dev.millrace.orch.api.view.JobDetail;
import dev.millrace.orch.api.view.RemovedView;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.orch.client.LogText;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
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
          + " says then whether it succeeded.",
      "What an attempt that runs has printed so far is printed too: as far as the first half of the"
          + " log's limit, the rest when it has ended. A provider that comes through its bucket alone"
          + " hands in nothing before the end, which is said."
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
      try (LogText log = client.log(id, number, 0)) {
        if (common.json) {
          String text = new String(log.bytes().readAllBytes(), StandardCharsets.UTF_8);
          common.json(setting, new Whole(number, text, log.running()));
        } else {
          long bytes = log.bytes().transferTo(screen());
          finish();
          beside(log, number, bytes);
        }
      }
      return Exit.OK;
    }
  }

  /** What a reader should know beside the text. */
  private void beside(LogText log, int number, long bytes) {
    Terminal terminal = common.terminal(setting);
    if (log.running()) {
      terminal.tell(
          log.full()
              ? "The attempt runs; " + LogFollower.REST
              : "The attempt runs; 'millrace logs -f " + id + "' goes on.");
    } else if (bytes == 0 && terminal.interactive()) {
      terminal.note("Attempt " + number + " printed nothing.");
    }
  }

  private int follow(CoordinatorClient client, int first) throws IOException {
    Sheet sheet = new Sheet();
    JobDetail job = new LogFollower(client, id, first, sheet).follow();
    sheet.finish();
    requireAttempts(job);
    String state = job.job().state();
    common
        .terminal(setting)
        .tell("The job is " + state + "; 'millrace job " + id + "' tells all of it.");
    return state.equals("succeeded") ? Exit.OK : Exit.FAILED;
  }

  /** A log for programs. */
  record Whole(int attempt, String log, boolean running) {}

  /** A piece of a followed log for programs. */
  record Piece(int attempt, String text) {}

  /** What was begun on a screen, a colour or a character, is brought to its end. */
  private void finish() throws IOException {
    if (screen instanceof LogScreen terminal) {
      terminal.close();
    }
    screen().flush();
  }

  /** Where a followed log goes. */
  private final class Sheet implements LogFollower.Sink {
    private WholeCharacters characters = new WholeCharacters();
    private int current;

    @Override
    public void text(int number, byte[] more) throws IOException {
      if (number != current) {
        finish();
        current = number;
      }
      if (common.json) {
        line(characters.of(more));
      } else {
        screen().write(more);
        screen().flush();
      }
    }

    private void line(String text) {
      if (!text.isEmpty()) {
        common.jsonLine(setting, new Piece(current, text));
      }
    }

    @Override
    public void note(String text) {
      setting.terminal().note(text);
    }

    /** What an attempt left unfinished. */
    void finish() throws IOException {
      if (common.json) {
        line(characters.rest());
        characters = new WholeCharacters();
      } else {
        LogsCommand.this.finish();
      }
    }
  }

  private int last(CoordinatorClient client) throws IOException {
    JobDetail job = client.job(id);
    requireAttempts(job);
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

  /** Where they were removed there is no log, which is not as if there had been none. */
  private void requireAttempts(JobDetail job) {
    RemovedView removed = job.removed();
    if (job.attempts().isEmpty() && removed != null) {
      throw Mistake.failed(
          "the job's attempts and their logs were removed at "
              + removed.at()
              + " by "
              + removed.rule()
              + ": 'millrace job "
              + id
              + "' tells what is left");
    }
  }
}
