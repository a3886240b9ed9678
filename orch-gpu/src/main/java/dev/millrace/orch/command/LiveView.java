package dev.millrace.orch.command;

import dev.millrace.orch.api.view.EventView;
import dev.millrace.orch.api.view.StateNames;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Jobs as they go: a table that is updated in place on a terminal, a line for each step elsewhere.
 * Safe for many threads; {@link #accept} only remembers, a thread of the view draws.
 */
public final class LiveView implements Consumer<EventView>, AutoCloseable {
  private static final long REDRAW_MILLIS = 100;
  private static final int BESIDES = 4;

  private final Terminal terminal;
  private final InstantSource clock;
  private final SequencedMap<String, EventView> jobs = new LinkedHashMap<>();
  private final Map<String, Long> forgotten = new TreeMap<>();
  private final Thread drawing;
  private boolean dirty;
  private boolean closed;
  private int drawnLines;

  /** Draws from the first event on. */
  public LiveView(Terminal terminal, InstantSource clock) {
    this.terminal = terminal;
    this.clock = clock;
    this.drawing = Thread.ofVirtual().name("live-view").start(this::drawWhenNeeded);
  }

  @Override
  public synchronized void accept(EventView event) {
    if (!terminal.interactive()) {
      terminal.line(line(event));
      return;
    }
    jobs.put(event.job().value(), event);
    forgetFinished();
    dirty = true;
    notifyAll();
  }

  /** Keeps what fits: the oldest of those at rest go first, and stay in the counts. */
  private void forgetFinished() {
    int room = Math.max(1, terminal.lines() - BESIDES);
    if (jobs.size() <= 4 * room) {
      return;
    }
    Iterator<EventView> oldest = jobs.values().iterator();
    while (oldest.hasNext() && jobs.size() > 2 * room) {
      EventView event = oldest.next();
      if (StateNames.atRest(event.state())) {
        forgotten.merge(event.state(), 1L, Long::sum);
        oldest.remove();
      }
    }
  }

  private String line(EventView event) {
    String attempt = event.attempt() > 1 ? " (try " + event.attempt() + ")" : "";
    String what = event.what().isEmpty() ? "" : ": " + event.what();
    return Words.clock(event.at())
        + "  "
        + terminal.paint(Paint.ofState(event.state()), String.format("%-10s", event.state()))
        + "  "
        + Words.printable(event.key() + attempt + what);
  }

  private void drawWhenNeeded() {
    try {
      while (true) {
        synchronized (this) {
          while (!dirty && !closed) {
            wait();
          }
          if (closed) {
            return;
          }
          draw();
        }
        Thread.sleep(Duration.ofMillis(REDRAW_MILLIS));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void draw() {
    dirty = false;
    StringBuilder text = new StringBuilder();
    if (drawnLines > 0) {
      text.append("\u001b[").append(drawnLines).append('A');
    }
    List<String> lines = lines();
    lines.forEach(line -> text.append('\r').append("\u001b[K").append(line).append('\n'));
    for (int i = lines.size(); i < drawnLines; i++) {
      text.append("\r\u001b[K\n");
    }
    drawnLines = Math.max(drawnLines, lines.size());
    terminal.out().print(text);
    terminal.out().flush();
  }

  private List<String> lines() {
    int room = Math.max(1, terminal.lines() - BESIDES);
    List<EventView> shown = new ArrayList<>(jobs.values());
    if (shown.size() > room) {
      shown = mostTelling(room);
    }
    ShortIds ids = ShortIds.of(jobs.keySet());
    Table table =
        new Table(
            Table.Column.left("JOB"),
            Table.Column.left("STATE"),
            Table.Column.right("AGO"),
            Table.Column.flexible("INPUT"),
            Table.Column.flexible("WHAT"));
    for (EventView event : shown) {
      table.row(
          ids.of(event.job().value()),
          Table.Cell.state(event.state()),
          Words.age(event.at(), clock.instant()),
          event.key(),
          event.what());
    }
    List<String> lines = new ArrayList<>(table.render(terminal));
    lines.add(terminal.paint(Paint.STRONG, Words.fit(summary(), terminal.columns())));
    return lines;
  }

  /** Those that still go on, then the newest of the others, in the order that they came. */
  private List<EventView> mostTelling(int room) {
    List<EventView> going =
        jobs.values().stream().filter(e -> !StateNames.atRest(e.state())).limit(room).toList();
    List<EventView> rest =
        jobs.values().stream().filter(e -> StateNames.atRest(e.state())).toList();
    List<EventView> chosen =
        new ArrayList<>(
            rest.subList(Math.max(0, rest.size() - (room - going.size())), rest.size()));
    chosen.addAll(going);
    return chosen;
  }

  private String summary() {
    Map<String, Long> counts = new TreeMap<>(forgotten);
    jobs.values().forEach(event -> counts.merge(event.state(), 1L, Long::sum));
    List<String> parts = new ArrayList<>();
    counts.forEach((state, count) -> parts.add(count + " " + state));
    return parts.isEmpty() ? "no jobs yet" : String.join(", ", parts);
  }

  /** Draws the last state; what is on the screen stays. */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      if (dirty) {
        draw();
      }
      closed = true;
      notifyAll();
    }
    drawing.interrupt();
  }
}
