package dev.millrace.orch.api;

import dev.millrace.orch.api.view.EventView;
import dev.millrace.orch.desk.FrontDesk;
import dev.millrace.orch.journal.PipelineEvent;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.json.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Pipeline events as server-sent events. All clients of a tenant read one ring of the newest: one
 * that does not keep up is told so and dropped, and never holds up what happens. Who comes back
 * with the id of the last event that it saw is told what it missed, as far as the ring goes back.
 */
final class EventFeed implements AutoCloseable {
  private static final Pattern ID = Pattern.compile("([0-9a-f]{16})-([0-9]{1,18})");

  private final FrontDesk desk;
  private final JobIds jobs;
  private final ApiConfig config;
  private final String epoch;
  private final Semaphore places;
  private final Map<TenantId, Listening> tenants = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /** A tenant's ring, and what fills it. */
  private record Listening(EventRing ring, FrontDesk.Subscription subscription) {}

  /** Who listens to what, for as long as it is allowed. */
  private record Listener(
      Predicate<PipelineEvent> wanted, BooleanSupplier allowed, OutputStream out) {}

  /**
   * @param epoch names this process: numbers of another one mean nothing here
   */
  EventFeed(FrontDesk desk, ApiConfig config, String epoch) {
    this.desk = desk;
    this.jobs = new JobIds(desk);
    this.config = config;
    this.epoch = epoch;
    this.places = new Semaphore(config.limits().listeners());
  }

  void add(Router router) {
    router.get(
        "/v1/events", Router.Need.READ, "text/event-stream", this::stream, "job", "function");
  }

  private void stream(Exchange exchange) throws IOException {
    Predicate<PipelineEvent> wanted = filter(exchange);
    if (!places.tryAcquire()) {
      throw Refusal.of(
          503,
          "Too many listeners",
          config.limits().listeners() + " clients listen to events, which is the limit here",
          "come again later, or ask GET /v1/jobs now and then");
    }
    try {
      EventRing ring = tenants.computeIfAbsent(exchange.tenant(), this::listen).ring();
      long now = ring.last();
      Optional<String> seen = exchange.header("Last-Event-ID");
      Optional<Long> from = seen.flatMap(this::number).filter(ring::goesOnFrom);
      exchange.context().res().setHeader("X-Accel-Buffering", "no");
      // Whoever has the answer's head is told of everything from then on.
      OutputStream out = exchange.open("text/event-stream;charset=utf-8");
      if (!exchange.wantsHeadOnly()) {
        write(out, ": millrace events\nretry: 2000\n\n");
        if (seen.isPresent() && from.isEmpty()) {
          write(
              out, "missed", Map.of("reason", "what came after that event is gone: list the jobs"));
        }
        pump(ring, from.orElse(now), new Listener(wanted, exchange.caller().still(), out));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      places.release();
    }
  }

  private Listening listen(TenantId tenant) {
    EventRing ring = new EventRing(config.eventQueue());
    if (closed) {
      ring.close();
    }
    return new Listening(ring, desk.subscribe(tenant, ring::add));
  }

  private Predicate<PipelineEvent> filter(Exchange exchange) {
    Optional<JobId> job = exchange.query("job").map(id -> jobs.find(exchange.tenant(), id));
    Optional<FunctionName> function = exchange.query("function").map(FunctionName::new);
    return event ->
        job.map(event.job()::equals).orElse(true)
            && function.map(event.function().name()::equals).orElse(true);
  }

  /** The number of an event of this process. */
  private Optional<Long> number(String id) {
    Matcher matcher = ID.matcher(id.strip());
    return matcher.matches() && matcher.group(1).equals(epoch)
        ? Optional.of(Long.parseLong(matcher.group(2)))
        : Optional.empty();
  }

  /** Nothing goes to a listener whose token was revoked or has run out, busy or not. */
  private void pump(EventRing ring, long from, Listener listener)
      throws IOException, InterruptedException {
    OutputStream out = listener.out();
    long number = from;
    out.flush();
    while (true) {
      EventRing.Reading next = ring.await(number, listener.wanted(), config.heartbeat());
      if (!listener.allowed().getAsBoolean()) {
        end(out, "expired", "the token that this stream was asked for with is no longer good");
        return;
      }
      switch (next) {
        case EventRing.Happened(long at, PipelineEvent event) -> {
          number = at;
          write(out, "id: " + epoch + "-" + at + "\n");
          write(out, "job", EventView.of(event));
        }
        case EventRing.Quiet(long at) -> {
          number = at;
          write(out, ": alive\n\n");
        }
        case EventRing.Missed m -> {
          end(out, "dropped", "this client did not keep up with the events: list the jobs again");
          return;
        }
        case EventRing.Closed c -> {
          end(out, "closed", "the coordinator is stopping");
          return;
        }
      }
      if (number == ring.last()) {
        out.flush();
      }
    }
  }

  private static void end(OutputStream out, String event, String reason) throws IOException {
    write(out, event, Map.of("reason", reason));
    out.flush();
  }

  private static void write(OutputStream out, String event, Object data) throws IOException {
    write(out, "event: " + event + "\ndata: " + Json.text(data) + "\n\n");
  }

  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
  }

  /** How many clients listen. */
  int listeners() {
    return config.limits().listeners() - places.availablePermits();
  }

  @Override
  public void close() {
    closed = true;
    tenants
        .values()
        .forEach(listening -> {
          listening.subscription().close();
          listening.ring().close();
        });
  }
}
