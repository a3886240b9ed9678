package dev.millrace.orch.api;

import dev.millrace.orch.api.view.EventView;
import dev.millrace.orch.desk.FrontDesk;
import dev.millrace.orch.journal.PipelineEvent;
import dev.millrace.schema.json.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Pipeline events as server-sent events. Each client has a bounded queue: one that does not keep up
 * is told so and dropped, and never holds up what happens.
 */
final class EventFeed implements AutoCloseable {
  private final FrontDesk desk;
  private final int queueMax;
  private final Duration heartbeat;
  private final Set<Client> clients = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  EventFeed(FrontDesk desk, int queueMax, Duration heartbeat) {
    this.desk = desk;
    this.queueMax = queueMax;
    this.heartbeat = heartbeat;
  }

  void add(Router router) {
    router.get("/v1/events", Router.Need.READ, this::stream);
  }

  private void stream(Exchange exchange) throws IOException {
    Client client = new Client(queueMax);
    clients.add(client);
    try (FrontDesk.Subscription subscription = desk.subscribe(exchange.tenant(), client::offer)) {
      exchange.context().res().setHeader("X-Accel-Buffering", "no");
      // Whoever has the answer's head has the subscription too.
      OutputStream out = exchange.open("text/event-stream;charset=utf-8");
      pump(client, out);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      clients.remove(client);
    }
  }

  private void pump(Client client, OutputStream out) throws IOException, InterruptedException {
    write(out, ": millrace events\n\n");
    out.flush();
    while (!closed) {
      if (client.overrun) {
        end(out, "dropped", "this client did not keep up with the events: list the jobs again");
        return;
      }
      Signal signal = client.queue.poll(heartbeat.toMillis(), TimeUnit.MILLISECONDS);
      switch (signal) {
        case null -> write(out, ": alive\n\n");
        case Happened(PipelineEvent event) -> write(out, "job", EventView.of(event));
        case Stop() -> {
          // The loop's condition ends it.
        }
      }
      if (client.queue.isEmpty()) {
        out.flush();
      }
    }
    end(out, "closed", "the coordinator is stopping");
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
    return clients.size();
  }

  @Override
  public void close() {
    closed = true;
    clients.forEach(Client::stop);
  }

  private sealed interface Signal {}

  private record Happened(PipelineEvent event) implements Signal {}

  private record Stop() implements Signal {}

  /** One that listens. */
  private static final class Client {
    private final BlockingQueue<Signal> queue;
    private volatile boolean overrun;

    Client(int max) {
      queue = new ArrayBlockingQueue<>(max);
    }

    void offer(PipelineEvent event) {
      if (!overrun && !queue.offer(new Happened(event))) {
        overrun = true;
      }
    }

    /** A full queue needs no word: the pump sees that the feed is closed. */
    @SuppressWarnings("ResultOfMethodCallIgnored")
    void stop() {
      boolean told = queue.offer(new Stop());
      assert told || !queue.isEmpty();
    }
  }
}
