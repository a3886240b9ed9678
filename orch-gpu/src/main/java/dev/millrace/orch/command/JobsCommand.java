package dev.millrace.orch.command;

import dev.millrace.orch.api.view.EventView;
import dev.millrace.orch.api.view.JobPage;
import dev.millrace.orch.api.view.JobRow;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.orch.client.EventStream;
import dev.millrace.orch.client.JobQuery;
import dev.millrace.schema.json.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists jobs, or follows them. */
@Command(
    name = "jobs",
    description = "List jobs, newest first.",
    footer = {
      "",
      "States: waiting, placed, staged, running, produced, publishing, succeeded,",
      "cancelled, discarded, superseded, input-gone, dead, refused.",
      "",
      "Examples:",
      "  millrace jobs --state dead,refused",
      "  millrace jobs --watch"
    })
final class JobsCommand implements Callable<Integer> {
  private static final int PAGE = 1000;

  private final Setting setting;

  @Mixin Common common = new Common();

  @Option(
      names = "--state",
      split = ",",
      paramLabel = "STATE",
      description = "Only jobs in these states, with commas between.")
  List<String> states = List.of();

  @Option(names = "--function", paramLabel = "NAME", description = "Only jobs of this function.")
  @Nullable String function;

  @Option(
      names = "--max",
      paramLabel = "N",
      defaultValue = "20",
      description = "At most so many (default: ${DEFAULT-VALUE}).")
  int max = 20;

  @Option(names = "--watch", description = "Follow what happens until Ctrl-C.")
  boolean watch;

  JobsCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws IOException {
    if (max < 1) {
      throw Mistake.usage("--max must be 1 or more, found: " + max);
    }
    try (CoordinatorClient client = common.connect(setting)) {
      return watch ? watch(client) : list(client);
    }
  }

  private JobQuery query(int rows) {
    return new JobQuery(states, Optional.ofNullable(function), Optional.empty(), rows);
  }

  private int list(CoordinatorClient client) throws IOException {
    List<JobRow> jobs = new ArrayList<>();
    JobQuery query = query(Math.min(max, PAGE));
    JobPage page = client.jobs(query);
    jobs.addAll(page.jobs());
    while (page.next() != null && jobs.size() < max) {
      page = client.jobs(query.after(page.next()));
      jobs.addAll(page.jobs());
    }
    List<JobRow> shown = jobs.subList(0, Math.min(max, jobs.size()));
    boolean more = page.next() != null || jobs.size() > max;
    if (common.json) {
      common.json(setting, shown);
    } else {
      print(client, shown, more);
    }
    return Exit.OK;
  }

  private void print(CoordinatorClient client, List<JobRow> shown, boolean more)
      throws IOException {
    Terminal terminal = common.terminal(setting);
    if (shown.isEmpty()) {
      terminal.line(
          states.isEmpty() && function == null
              ? "There are no jobs. Drop a file: millrace put FILE s3://bucket/"
              : "There are no such jobs.");
      return;
    }
    JobTable.of(shown, setting.clock().instant()).print(terminal);
    if (more && states.isEmpty() && function == null) {
      long all = client.counts().states().values().stream().mapToLong(Long::longValue).sum();
      terminal.line(
          terminal.paint(
              Paint.FAINT, "The newest " + shown.size() + " of " + all + "; --max shows more."));
    } else if (more) {
      terminal.line(terminal.paint(Paint.FAINT, "There are more; --max shows them."));
    }
  }

  private int watch(CoordinatorClient client) throws IOException {
    Terminal terminal = common.terminal(setting);
    try (EventStream events = client.events();
        LiveView view = new LiveView(terminal, setting.clock())) {
      List<JobRow> known = common.json ? List.of() : client.jobs(query(Math.min(max, PAGE))).jobs();
      known.reversed().forEach(job -> view.accept(EventView.of(job)));
      for (Optional<EventView> next = events.next(); next.isPresent(); next = events.next()) {
        EventView event = next.get();
        if (covers(event) && common.json) {
          setting.terminal().line(Json.text(event));
        } else if (covers(event)) {
          view.accept(event);
        }
      }
    }
    throw Mistake.failed(
        "the coordinator ended the events: it stopped, or this terminal did not keep up");
  }

  private boolean covers(EventView event) {
    return (function == null || function.equals(event.function()))
        && (states.isEmpty() || states.contains(event.state()));
  }
}
