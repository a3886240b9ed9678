package dev.millrace.orch.command;

import dev.millrace.orch.api.view.RetentionView;
import dev.millrace.orch.api.view.RoundView;
import dev.millrace.orch.client.ApiFailure;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.orch.retention.Due;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Tells what is removed after a while. */
@Command(
    name = "retention",
    description = {
      "Tell what would be removed now, by the rules of millrace.yaml or by others; nothing is"
          + " removed by asking.",
      "Inputs, outputs and the ledger are never removed. 'retention run' removes what is due."
    },
    footer = {
      "",
      "Examples:",
      "  millrace retention",
      "  millrace retention --logs 30d --jobs 365d    before any rule is written"
    })
final class RetentionCommand implements Callable<Integer> {
  private static final Duration NOTABLE = Duration.ofHours(1);

  private final Setting setting;

  @Mixin Common common = new Common();

  @Option(
      names = "--logs",
      paramLabel = "TIME",
      description = "As if logs were kept so long after their job's end: 12h, 30d, never.")
  @Nullable String logs;

  @Option(
      names = "--notices",
      paramLabel = "TIME",
      description = "As if decided notices were kept so long, and rows that are done with.")
  @Nullable String notices;

  @Option(
      names = "--jobs",
      paramLabel = "TIME",
      description = "As if attempts and steps of jobs were kept so long after the job's end.")
  @Nullable String jobs;

  RetentionCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws IOException {
    try (CoordinatorClient client = common.connect(setting)) {
      RetentionView view = asked(client);
      if (common.json) {
        common.json(setting, view);
      } else {
        tell(common.terminal(setting), view);
      }
      return Exit.OK;
    }
  }

  private RetentionView asked(CoordinatorClient client) throws IOException {
    try {
      return client.retention(
          given("--logs", logs), given("--notices", notices), given("--jobs", jobs));
    } catch (ApiFailure.Answered e) {
      if (e.problem().status() == 400) {
        throw Mistake.usage("--" + e.problem().detail());
      }
      throw e;
    }
  }

  private static @Nullable String given(String option, @Nullable String time) {
    if (time != null && time.isBlank()) {
      throw Mistake.usage(option + " takes a time such as 12h or 30d, or never; found nothing");
    }
    return time;
  }

  private static void tell(Terminal terminal, RetentionView view) {
    RetentionView.Times never = new RetentionView.Times("never", "never", "never");
    boolean off = view.configured().equals(never);
    terminal.line(off ? "retention is off: nothing is removed" : rules("kept", view.configured()));
    if (!view.asked().equals(view.configured())) {
      terminal.line(rules("as if kept", view.asked()));
    }
    if (view.asked().equals(never)) {
      terminal.say("What would go: millrace retention --logs 30d --notices 30d --jobs 365d");
    } else {
      due(terminal, view);
    }
    if (view.unfinished() > 0) {
      terminal.line(Words.count(view.unfinished()) + " removals are decided and not finished");
    }
    clock(terminal, view);
    RoundView last = view.last();
    if (last != null) {
      terminal.line("last round at " + Words.day(last.at()) + ":");
      RetentionRunCommand.tell(terminal, last);
    }
  }

  private static String rules(String how, RetentionView.Times times) {
    return how
        + ": logs "
        + times.logs()
        + ", notices "
        + times.notices()
        + ", jobs "
        + times.jobs();
  }

  private static void clock(Terminal terminal, RetentionView view) {
    if (Duration.between(view.counted(), view.now()).compareTo(NOTABLE) <= 0) {
      return;
    }
    RetentionView.Ready ready = view.ready();
    terminal.line(
        "counted by " + Words.day(view.counted()) + ": the clock is ahead of what has passed");
    terminal.line(
        "  of these go now: logs of "
            + count(ready.logs())
            + " jobs, attempts and steps of "
            + count(ready.jobs())
            + ", other rows "
            + count(ready.rows()));
    terminal.line(
        view.standing()
            ? "  nothing ages until you say that the clock is right: retention run --trust-clock"
            : "  the rest follows, a day an hour; at once with: retention run --trust-clock");
  }

  private static String count(long counted) {
    return counted < Due.COUNTED_MAX
        ? Words.count(counted)
        : "more than " + Words.count(Due.COUNTED_MAX - 1);
  }

  private static void due(Terminal terminal, RetentionView view) {
    RetentionView.Logs logs = view.logs();
    String bytes = (logs.looked() < logs.jobs() ? "more than " : "") + Words.size(logs.bytes());
    terminal.line("old enough to go:");
    terminal.line("  logs     of " + count(logs.jobs()) + " jobs, " + bytes);
    terminal.line(
        "  notices  "
            + count(view.notices())
            + ", free leases "
            + count(view.leases())
            + ", carried entries "
            + count(view.entries()));
    terminal.line(
        "  jobs     attempts and steps of "
            + count(view.jobs().jobs())
            + ", "
            + Words.size(view.jobs().bytes()));
  }
}
