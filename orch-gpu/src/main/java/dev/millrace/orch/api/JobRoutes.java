package dev.millrace.orch.api;

import dev.millrace.orch.api.view.Counts;
import dev.millrace.orch.api.view.EntryView;
import dev.millrace.orch.api.view.JobDetail;
import dev.millrace.orch.api.view.JobPage;
import dev.millrace.orch.api.view.JobRow;
import dev.millrace.orch.api.view.StateNames;
import dev.millrace.orch.desk.FrontDesk;
import dev.millrace.orch.desk.RunLog;
import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobFilter;
import dev.millrace.orch.journal.JobState;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.run.Printed;
import dev.millrace.schema.sign.SignedBytes;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Jobs: listed, looked at, stopped, tried again. */
final class JobRoutes {
  private static final String TEXT = "text/plain";

  private static final String[] FILTERS = {
    "max", "cursor", "state", "function", "bucket", "key", "store", "before"
  };

  /** Says of a log that its attempt runs: more may come. */
  private static final String RUNNING = "Millrace-Running";

  private final FrontDesk desk;
  private final JobIds ids;

  JobRoutes(FrontDesk desk) {
    this.desk = desk;
    this.ids = new JobIds(desk);
  }

  void add(Router router) {
    router.get("/v1/jobs", Router.Need.READ, this::list, FILTERS);
    router.get("/v1/jobs/counts", Router.Need.READ, this::counts);
    router.get("/v1/jobs/{id}", Router.Need.READ, this::job);
    router.get("/v1/jobs/{id}/attempts/{number}/order", Router.Need.WRITE, TEXT, this::order);
    router.get("/v1/jobs/{id}/attempts/{number}/log", Router.Need.READ, TEXT, this::log, "from");
    router.post("/v1/jobs/{id}/cancel", Router.Need.WRITE, x -> wish(x, desk::cancel));
    router.post("/v1/jobs/{id}/redrive", Router.Need.WRITE, x -> wish(x, desk::redrive));
    router.post("/v1/jobs/{id}/discard", Router.Need.WRITE, x -> wish(x, desk::discard));
  }

  private void list(Exchange exchange) {
    int max = Pages.max(exchange, Pages.USUAL);
    Set<JobState> states = states(exchange);
    JobFilter.Input input = input(exchange);
    FunctionName function = exchange.query("function").map(FunctionName::new).orElse(null);
    String list = "jobs " + new TreeSet<>(states) + " " + function + " " + input;
    String cursor = Pages.from(exchange, list);
    JobId before =
        cursor == null ? exchange.query("before").map(JobId::new).orElse(null) : new JobId(cursor);
    List<JobRow> rows =
        desk.jobs(exchange.tenant(), new JobFilter(states, function, input, before, max)).stream()
            .map(JobRow::of)
            .toList();
    if (rows.size() < max) {
      exchange.answer(200, new JobPage(rows, null));
      return;
    }
    String next = Cursor.of(list, rows.getLast().id().value());
    exchange.next(next);
    exchange.answer(200, new JobPage(rows, next));
  }

  /** Which objects' jobs are wanted; null for all. */
  private static JobFilter.@Nullable Input input(Exchange exchange) {
    Optional<String> bucket = exchange.query("bucket");
    Optional<String> key = exchange.query("key");
    if (bucket.isEmpty()) {
      if (key.isPresent() || exchange.query("store").isPresent()) {
        throw Refusal.badRequest("key and store are looked for in a bucket: say bucket too");
      }
      return null;
    }
    StoreId store = exchange.query("store").map(StoreId::new).orElse(StoreId.EMBEDDED);
    return new JobFilter.Input(store, bucket.get(), key.orElse(null));
  }

  private static Set<JobState> states(Exchange exchange) {
    Set<JobState> states = EnumSet.noneOf(JobState.class);
    for (String label : exchange.query("state").map(s -> s.split(",", -1)).orElse(new String[0])) {
      states.add(
          StateNames.parse(label)
              .orElseThrow(() ->
                  Refusal.badRequest(
                      "there is no state '" + label + "'; states: " + StateNames.all())));
    }
    return states;
  }

  private void counts(Exchange exchange) {
    Map<String, Long> counts = new LinkedHashMap<>();
    Map<JobState, Long> known = desk.counts(exchange.tenant());
    for (JobState state : JobState.values()) {
      counts.put(state.label(), known.getOrDefault(state, 0L));
    }
    exchange.answer(200, new Counts(counts));
  }

  private void job(Exchange exchange) throws IOException {
    JobId id = ids.find(exchange.tenant(), exchange.path("id"));
    FrontDesk.JobView view =
        desk.job(exchange.tenant(), id).orElseThrow(() -> JobIds.none(id.value()));
    List<EntryView> entries =
        desk.ledgerOf(exchange.tenant(), id).stream().map(EntryView::of).toList();
    exchange.answer(200, JobDetail.of(view, entries));
  }

  private void order(Exchange exchange) {
    AttemptId attempt = attempt(exchange);
    SignedBytes order =
        desk.order(exchange.tenant(), attempt).orElseThrow(() -> noAttempt(attempt));
    byte[] line = (order.line() + "\n").getBytes(StandardCharsets.US_ASCII);
    exchange.send(200, TEXT, line);
  }

  private void log(Exchange exchange) throws IOException {
    AttemptId attempt = attempt(exchange);
    long from = exchange.query("from", 0, 0, Long.MAX_VALUE);
    switch (desk.log(exchange.tenant(), attempt)) {
      case RunLog.Text(InputStream bytes) -> {
        try (bytes) {
          logFrom(exchange, bytes, from);
        }
      }
      case RunLog.Running(Printed text, boolean full) -> {
        exchange.context().header(RUNNING, full ? "full" : "true");
        OutputStream out = exchange.open(TEXT + ";charset=utf-8");
        out.write(text.read(from, Integer.MAX_VALUE));
        out.flush();
      }
      case RunLog.AtItsEnd(ProviderId provider) ->
          throw Refusal.of(
              409,
              "Not now",
              "attempt "
                  + attempt.number()
                  + " runs at provider "
                  + provider
                  + ", from where its text comes when it has ended",
              "ask again when GET /v1/jobs/" + attempt.job() + " tells that the attempt has ended");
      case RunLog.None _ ->
          throw Refusal.noSuch(
              "log of attempt " + attempt.number() + " of job " + attempt.job(),
              "a log is there when the attempt has run; GET /v1/jobs/" + attempt.job() + " tells");
      case RunLog.Gone(String reason) ->
          throw Refusal.of(
              410,
              "Gone",
              reason,
              "GET /v1/jobs/" + attempt.job() + " tells how the attempt ended without it");
    }
  }

  /** What was skipped is not sent; what is not there cannot be. */
  private static void logFrom(Exchange exchange, InputStream log, long from) throws IOException {
    try {
      log.skipNBytes(from);
    } catch (EOFException e) {
      throw Refusal.of(
          416,
          "Range not satisfiable",
          "the log has less than " + from + " bytes",
          "ask for it from its beginning, or from a smaller number");
    }
    OutputStream out = exchange.open(TEXT + ";charset=utf-8");
    log.transferTo(out);
    out.flush();
  }

  private AttemptId attempt(Exchange exchange) {
    String number = exchange.path("number");
    if (!number.matches("[1-9][0-9]{0,8}")) {
      throw Refusal.badRequest("attempts are numbered from 1, found: '" + number + "'");
    }
    return new AttemptId(
        ids.find(exchange.tenant(), exchange.path("id")), Integer.parseInt(number));
  }

  private static Refusal noAttempt(AttemptId attempt) {
    return Refusal.noSuch(
        "attempt " + attempt.number() + " of job " + attempt.job(),
        "GET /v1/jobs/{id} lists the attempts");
  }

  /** A wish about a job. */
  @FunctionalInterface
  private interface Wish {
    FrontDesk.Answer ask(TenantId tenant, JobId id);
  }

  private void wish(Exchange exchange, Wish wish) {
    JobId id = ids.find(exchange.tenant(), exchange.path("id"));
    switch (wish.ask(exchange.tenant(), id)) {
      case FrontDesk.Answer.Ok() -> exchange.answer(200, row(exchange, id));
      case FrontDesk.Answer.NotFound() -> throw JobIds.none(id.value());
      case FrontDesk.Answer.No(String reason) ->
          throw Refusal.of(409, "Not now", reason, "GET /v1/jobs/" + id + " tells where it stands");
    }
  }

  private JobRow row(Exchange exchange, JobId id) {
    Job job = desk.job(exchange.tenant(), id).orElseThrow(() -> JobIds.none(id.value())).job();
    return JobRow.of(job);
  }
}
