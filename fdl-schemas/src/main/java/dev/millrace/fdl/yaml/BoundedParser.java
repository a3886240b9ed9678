package dev.millrace.fdl.yaml;

import java.util.Optional;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.events.CollectionEndEvent;
import org.yaml.snakeyaml.events.CollectionStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.parser.Parser;

/** A parser that stops at so many events and at such a depth, and knows where it stands. */
final class BoundedParser implements Parser {
  static final int MAX_EVENTS = 200_000;
  static final int MAX_DEPTH = 40;

  private final Parser inner;
  private int events;
  private int depth;
  private Spot last = Spot.START;

  BoundedParser(Parser inner) {
    this.inner = inner;
  }

  /** Where the last event began. */
  Spot last() {
    return last;
  }

  @Override
  public boolean checkEvent(Event.ID choice) {
    return inner.checkEvent(choice);
  }

  @Override
  public Event peekEvent() {
    return inner.peekEvent();
  }

  @Override
  public Event getEvent() {
    Event event = inner.getEvent();
    last = spot(Optional.ofNullable(event.getStartMark())).orElse(last);
    if (++events > MAX_EVENTS) {
      throw new Refused(last, "the file has more than " + MAX_EVENTS + " elements");
    }
    if (event instanceof CollectionStartEvent && ++depth > MAX_DEPTH) {
      throw new Refused(last, "nested deeper than " + MAX_DEPTH + " levels");
    }
    if (event instanceof CollectionEndEvent) {
      depth--;
    }
    return event;
  }

  static Optional<Spot> spot(Optional<Mark> mark) {
    return mark.map(m -> new Spot(m.getLine() + 1, m.getColumn() + 1));
  }
}
