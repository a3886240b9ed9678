package dev.millrace.orch.command;

import dev.millrace.orch.api.view.EventView;
import dev.millrace.orch.api.view.StateNames;
import dev.millrace.orch.journal.JobState;
import dev.millrace.schema.id.JobId;
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
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Jobs as they go: a table that is updated in place on a terminal, a line for each step elsewhere.
 * Safe for many threads; {@link #accept} only remembers, a thread of the view draws.
 */
public final class LiveView implements Consumer<EventView>, AutoCloseable {
  private static final String WAITING = JobState.WAITING.label();
  private static final long REDRAW_MILLIS = 100;
  private static final long AGES_MILLIS = 1000;
  private static final int BEATS_BETWEEN_TOTALS = 10;
  private static final int BESIDES = 4;

  private final Terminal terminal;
  private final InstantSource clock;
  private final SequencedMap<String, EventView> jobs = new LinkedHashMap<>();
  private final Map<String, Long> forgotten = new TreeMap<>();
  private final Supplier<Map<String, Long>> totals;
  private final Thread drawing;
  private Map<String, Long> counted = Map.of();
  private boolean dirty;
  private boolean closed;
  private int drawnLines;

  /** Draws from the first event on, and counts the jobs that it saw. */
  public LiveView(Terminal terminal, InstantSource clock) {
    this(terminal, clock, Map::of);
  }

  /**
   * Draws from the first event on.
   *
   * @param totals jobs by state, asked for about once a second; empty to count those seen
   */
  LiveView(Terminal terminal, InstantSource clock, Supplier<Map<String, Long>> totals) {
    this.totals = totals;
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

  /** Takes a job away that is not of those which are followed any more. */
  synchronized void drop(JobId job) {
    if (jobs.remove(job.value()) != null) {
      dirty = true;
      notifyAll();
    }
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
      for (int beats = 0; awaitChange(); beats++) {
        Map<String, Long> all = beats % BEATS_BETWEEN_TOTALS == 0 ? totals.get() : counted;
        synchronized (this) {
          counted = all;
          if (!closed && (drawnLines > 0 || !jobs.isEmpty())) {
            draw();
          }
        }
        Thread.sleep(Duration.ofMillis(REDRAW_MILLIS));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * False when it is closed. What is shown ages, so that nothing new for a while is a change too.
   */
  private synchronized boolean awaitChange() throws InterruptedException {
    if (!dirty && !closed) {
      wait(AGES_MILLIS);
    }
    return !closed;
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
    ShortIds ids = ShortIds.of(shown.stream().map(e -> e.job().value()).toList());
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

  /** Those that are being worked on, then those that wait longest, then the newest at rest. */
  private List<EventView> mostTelling(int room) {
    List<EventView> rest = those(e -> StateNames.atRest(e.state()));
    List<EventView> waiting = those(e -> e.state().equals(WAITING));
    List<EventView> going = those(e -> !StateNames.atRest(e.state()) && !e.state().equals(WAITING));
    List<EventView> chosen = new ArrayList<>(newest(going, room));
    chosen.addAll(waiting.subList(0, Math.min(waiting.size(), room - chosen.size())));
    chosen.addAll(newest(rest, room - chosen.size()));
    return chosen;
  }

  private List<EventView> those(Predicate<EventView> which) {
    return jobs.values().stream().filter(which).toList();
  }

  private static List<EventView> newest(List<EventView> all, int count) {
    return all.subList(Math.max(0, all.size() - count), all.size());
  }

  /** Counts of what is shown, where that is all there is: then both are of one moment. */
  private String summary() {
    Map<String, Long> counts = new TreeMap<>(forgotten);
    jobs.values().forEach(event -> counts.merge(event.state(), 1L, Long::sum));
    if (sum(counted) > sum(counts)) {
      counts.clear();
      counted.forEach((state, count) -> counts.merge(state, count, Long::sum));
    }
    List<String> parts = new ArrayList<>();
    counts.forEach((state, count) -> {
      if (count > 0) {
        parts.add(Words.count(count) + " " + state);
      }
    });
    return parts.isEmpty() ? "no such jobs now" : String.join(", ", parts);
  }

  private static long sum(Map<String, Long> counts) {
    return counts.values().stream().mapToLong(Long::longValue).sum();
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
