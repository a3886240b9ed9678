package dev.millrace.triggers.embedded;

import dev.millrace.schema.object.Notice;
import dev.millrace.schema.object.NoticeSink;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.VersionTag;
import dev.millrace.triggers.embedded.names.Outbox;
import dev.millrace.triggers.embedded.names.StoreEvent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/**
 * Takes the embedded store's events to the funnel, from its own process or over the network. An
 * event is acknowledged when the sink has made its notice durable, so none is lost; after a crash
 * some come again. Every created object is noticed, Millrace's own too, since an order in the
 * staging bucket is a trigger; who wants inputs alone wraps the sink in {@code InputNotices}.
 */
public final class OutboxSource {
  /** What notices of this source are from. */
  public static final String NAME = "outbox";

  private static final Logger LOG = System.getLogger(OutboxSource.class.getName());
  private static final int BATCH_MAX = 500;
  private static final Duration IDLE_WAIT = Duration.ofMinutes(1);

  private final Outbox outbox;
  private final StoreId store;
  private final NoticeSink sink;
  private final InstantSource clock;
  private final Duration pauseAfterFailure;

  /**
   * A source that waits so long after a failure before it tries the same events again.
   *
   * @param clock the wall time of reception
   */
  public OutboxSource(
      Outbox outbox,
      StoreId store,
      NoticeSink sink,
      InstantSource clock,
      Duration pauseAfterFailure) {
    this.outbox = outbox;
    this.store = store;
    this.sink = sink;
    this.clock = clock;
    this.pauseAfterFailure = pauseAfterFailure;
  }

  /** Takes events over until the thread is interrupted: the body of one thread of its own. */
  public void run() {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        if (drain() == 0) {
          outbox.awaitEvents(0, IDLE_WAIT);
        }
      } catch (InterruptedException e) {
        return;
      } catch (IOException | UncheckedIOException e) {
        LOG.log(Logger.Level.WARNING, "Events stay in the outbox and are tried again", e);
        try {
          Thread.sleep(pauseAfterFailure);
        } catch (InterruptedException stop) {
          return;
        }
      }
    }
  }

  /**
   * Takes over the events that are there, one batch at most.
   *
   * @return how many there were
   * @throws UncheckedIOException when the sink has not made them durable: they stay
   */
  public int drain() throws IOException, InterruptedException {
    List<StoreEvent> events = outbox.eventsAfter(0, BATCH_MAX);
    if (events.isEmpty()) {
      return 0;
    }
    List<Notice> notices =
        events.stream().filter(event -> event.name().isCreated()).map(this::notice).toList();
    if (!notices.isEmpty()) {
      sink.accept(notices);
    }
    outbox.acknowledge(events.getLast().sequence());
    return events.size();
  }

  private Notice notice(StoreEvent event) {
    return new Notice(
        NAME,
        new ObjectName(store, event.bucket(), event.key()),
        new VersionTag.Generation(event.generation()),
        clock.instant());
  }
}
