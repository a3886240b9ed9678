package dev.millrace.triggers.embedded.http;

import dev.millrace.schema.json.Json;
import dev.millrace.triggers.embedded.names.EventOutbox;
import dev.millrace.triggers.embedded.names.StoreEvent;
import dev.millrace.triggers.embedded.refusal.ErrorCode;
import dev.millrace.triggers.embedded.refusal.Refusal;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The store's own feed of events, for a coordinator in another process; no part of S3. Reading
 * forgets nothing: who has made what it read durable says so, and only then are events gone.
 */
final class EventOperations {
  /** The query parameter that asks for it. */
  static final String NAME = "millrace-events";

  static final Set<String> READING = Set.of(NAME, "after", "max", "wait");
  static final Set<String> ACKNOWLEDGING = Set.of(NAME, "through");

  private static final int EVENTS_MAX = 1000;
  private static final int WAIT_MAX_SECONDS = 20;

  private final EventOutbox outbox;

  EventOperations(EventOutbox outbox) {
    this.outbox = outbox;
  }

  /** {@code GET /?millrace-events&after=7&max=500&wait=20}: waits so long for the first event. */
  Answer eventsAfter(S3Call call) throws IOException {
    long after = sequence(call, "after");
    int max = Math.max(1, call.number("max", EVENTS_MAX, EVENTS_MAX));
    int wait = call.number("wait", 0, WAIT_MAX_SECONDS);
    try {
      if (wait > 0) {
        outbox.awaitEvents(after, Duration.ofSeconds(wait));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Refusal(ErrorCode.SLOW_DOWN, "The store is stopping; try again.");
    }
    List<StoreEvent> events = outbox.eventsAfter(after, max);
    return new Answer.Told(200, Map.of(), Json.text(EventPage.of(events)));
  }

  /**
   * {@code DELETE /?millrace-events&through=9}: those up to and with this one are kept elsewhere.
   */
  Answer acknowledge(S3Call call) throws IOException {
    outbox.acknowledge(sequence(call, "through"));
    return Answer.Empty.noContent();
  }

  private static long sequence(S3Call call, String parameter) {
    String text = call.query().first(parameter).orElse("");
    if (!text.matches("[0-9]{1,18}")) {
      throw new Refusal(
          ErrorCode.INVALID_ARGUMENT, parameter + " must be an event's sequence: " + text);
    }
    return Long.parseLong(text);
  }
}
