package dev.millrace.orch.command;

import dev.millrace.fdl.Nearest;
import dev.millrace.orch.api.view.EventView;
import dev.millrace.orch.api.view.FunctionView;
import dev.millrace.orch.api.view.JobPage;
import dev.millrace.orch.api.view.JobRow;
import dev.millrace.orch.api.view.StateNames;
import dev.millrace.orch.client.ApiFailure;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.orch.client.EventStream;
import dev.millrace.orch.client.JobQuery;
import dev.millrace.orch.journal.JobState;
import dev.millrace.schema.json.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
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
      completionCandidates = States.class,
      description = "Only jobs in these states, with commas between.")
  List<String> states = List.of();

  @Option(names = "--function", paramLabel = "NAME", description = "Only jobs of this function.")
  @Nullable String function;

  @Option(
      names = "--bucket",
      paramLabel = "BUCKET",
      description = "Only jobs of objects in this bucket.")
  @Nullable String bucket;

  @Option(
      names = {"--limit", "--max"},
      paramLabel = "N",
      defaultValue = "20",
      description = "At most so many (default: ${DEFAULT-VALUE}).")
  int limit = 20;

  @Option(names = "--all", description = "All jobs, page by page; with --json, one a line.")
  boolean all;

  @Option(names = "--watch", description = "Follow what happens until Ctrl-C.")
  boolean watch;

  /** What a shell offers. */
  static final class States implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return StateNames.labels().iterator();
    }
  }

  JobsCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws IOException {
    if (limit < 1) {
      throw Mistake.usage("--limit must be 1 or more, found: " + limit);
    }
    states.forEach(JobsCommand::known);
    if (all && watch) {
      throw Mistake.usage("--all and --watch are two ways: give one of them");
    }
    if (watch && bucket != null) {
      throw Mistake.usage("events do not name buckets: --watch goes with --function and --state");
    }
    try (CoordinatorClient client = common.connect(setting)) {
      if (watch) {
        return watch(client);
      }
      return all ? stream(client) : list(client);
    }
  }

  private static void known(String state) {
    if (StateNames.parse(state).isEmpty()) {
      throw Mistake.usage(
          "there is no state '"
              + state
              + "'"
              + Nearest.to(state, StateNames.labels())
                  .map(near -> "; did you mean '" + near + "'?")
                  .orElse(".")
              + " There are: "
              + StateNames.all());
    }
  }

  private JobQuery query(int rows) {
    return new JobQuery(
        states,
        Optional.ofNullable(function),
        Optional.ofNullable(bucket),
        Optional.empty(),
        Math.min(rows, PAGE));
  }

  private boolean isFiltered() {
    return !states.isEmpty() || function != null || bucket != null;
  }

  /** Page by page: what is held is one page, however many there are. */
  private int stream(CoordinatorClient client) throws IOException {
    JobQuery query = query(PAGE);
    JobPage page = client.jobs(query);
    JobTable table = new JobTable(setting.clock().instant());
    if (page.jobs().isEmpty() && !common.json) {
      nothing(client);
    }
    while (!page.jobs().isEmpty()) {
      if (common.json) {
        page.jobs().forEach(job -> common.jsonLine(setting, job));
      } else {
        table.print(page.jobs(), common.terminal(setting));
      }
      if (page.next() == null) {
        break;
      }
      page = client.jobs(query.after(page.next()));
    }
    return Exit.OK;
  }

  private int list(CoordinatorClient client) throws IOException {
    List<JobRow> jobs = new ArrayList<>();
    JobQuery query = query(limit);
    JobPage page = client.jobs(query);
    jobs.addAll(page.jobs());
    while (page.next() != null && jobs.size() < limit) {
      page = client.jobs(query.after(page.next()).atMost(Math.min(PAGE, limit - jobs.size())));
      jobs.addAll(page.jobs());
    }
    if (common.json) {
      common.json(setting, jobs);
    } else {
      print(client, jobs, page.next() != null);
    }
    return Exit.OK;
  }

  private void nothing(CoordinatorClient client) throws IOException {
    String advice =
        isFiltered()
            ? "There are no such jobs; 'millrace jobs' lists the newest of all."
            : "There are no jobs. Drop a file: millrace put FILE s3://bucket/";
    common.terminal(setting).say(unknown(client).orElse(advice));
  }

  /**
   * Of a function that is removed there may have been jobs, and of one that never was there not.
   */
  private Optional<String> unknown(CoordinatorClient client) throws IOException {
    if (function == null) {
      return Optional.empty();
    }
    List<String> names;
    try {
      names = client.functions().stream().map(FunctionView::name).toList();
    } catch (ApiFailure.Answered e) {
      return Optional.empty();
    }
    return names.contains(function)
        ? Optional.empty()
        : Optional.of(
            "There are no such jobs, and there is no function '"
                + Words.printable(function)
                + "'"
                + Nearest.to(function, names)
                    .map(near -> "; did you mean '" + near + "'?")
                    .orElse("; 'millrace functions' lists them."));
  }

  private void print(CoordinatorClient client, List<JobRow> shown, boolean more)
      throws IOException {
    Terminal terminal = common.terminal(setting);
    if (shown.isEmpty()) {
      nothing(client);
      return;
    }
    new JobTable(setting.clock().instant()).print(shown, terminal);
    if (more && !isFiltered()) {
      long count = client.counts().states().values().stream().mapToLong(Long::longValue).sum();
      terminal.faint(
          "The newest "
              + shown.size()
              + " of "
              + Words.count(count)
              + "; --limit N or --all shows more.");
    } else if (more) {
      terminal.faint("There are more; --limit N or --all shows them.");
    }
  }

  private int watch(CoordinatorClient client) throws IOException {
    Terminal terminal = common.terminal(setting);
    boolean dropped;
    try (EventStream events = client.events();
        LiveView view = new LiveView(terminal, setting.clock(), () -> totals(client))) {
      if (!common.json) {
        known(client).forEach(job -> view.accept(EventView.of(job)));
      }
      for (Optional<EventView> next = events.next(); next.isPresent(); next = events.next()) {
        EventView event = next.get();
        if (covers(event) && common.json) {
          setting.terminal().line(Json.text(event));
        } else if (covers(event)) {
          view.accept(event);
        }
      }
      dropped = events.wasDropped();
    }
    if (dropped) {
      throw Mistake.failed(
          "this terminal did not keep up with the events: give 'millrace jobs --watch' again,"
              + " perhaps with --function or --state");
    }
    throw Mistake.nobody(
        "the coordinator has stopped; jobs that run go on. 'millrace up' starts it again");
  }

  /** The newest, and those before them that are not at rest: a screen shows these first. */
  private List<JobRow> known(CoordinatorClient client) throws IOException {
    SequencedMap<String, JobRow> found = new LinkedHashMap<>();
    for (boolean going : new boolean[] {true, false}) {
      List<String> live =
          StateNames.live().stream()
              .filter(state -> state.equals(JobState.WAITING.label()) != going)
              .filter(state -> states.isEmpty() || states.contains(state))
              .toList();
      if (!live.isEmpty()) {
        client.jobs(query(PAGE).in(live)).jobs().forEach(job -> found.put(job.id().value(), job));
      }
    }
    client.jobs(query(limit)).jobs().forEach(job -> found.put(job.id().value(), job));
    return found.values().stream().sorted(Comparator.comparing(job -> job.id().value())).toList();
  }

  /** Of all jobs, where all are followed; there is no count of fewer. */
  private Map<String, Long> totals(CoordinatorClient client) {
    if (isFiltered()) {
      return Map.of();
    }
    try {
      return client.counts().states();
    } catch (IOException e) {
      return Map.of(); // The events tell that it has gone.
    }
  }

  private boolean covers(EventView event) {
    return (function == null || function.equals(event.function()))
        && (states.isEmpty() || states.contains(event.state()));
  }
}
