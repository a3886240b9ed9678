package dev.millrace.triggers.embedded.http;

import dev.millrace.triggers.embedded.names.EventName;
import dev.millrace.triggers.embedded.names.StoreEvent;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Events as they cross from a store to a coordinator elsewhere. */
public record EventPage(List<Line> events) {
  public EventPage {
    events = List.copyOf(events);
  }

  /**
   * One event.
   *
   * @param name in the words of S3 notices
   * @param depth empty for none
   */
  public record Line(
      long sequence,
      String name,
      String bucket,
      String key,
      String etag,
      long size,
      long generation,
      Instant time,
      String depth) {}

  static EventPage of(List<StoreEvent> events) {
    return new EventPage(
        events.stream()
            .map(e ->
                new Line(
                    e.sequence(),
                    e.name().text(),
                    e.bucket(),
                    e.key(),
                    e.etag(),
                    e.size(),
                    e.generation(),
                    e.time(),
                    e.depth().orElse("")))
            .toList());
  }

  /** The events as the store has them. */
  public List<StoreEvent> read() {
    return events.stream()
        .map(e ->
            new StoreEvent(
                e.sequence(),
                EventName.parse(e.name()),
                e.bucket(),
                e.key(),
                e.etag(),
                e.size(),
                e.generation(),
                e.time(),
                e.depth().isEmpty() ? Optional.empty() : Optional.of(e.depth())))
        .toList();
  }
}
