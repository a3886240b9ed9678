package dev.millrace.orch.up;

import dev.millrace.orch.intake.Catalog;
import dev.millrace.orch.intake.Intake;
import dev.millrace.orch.observe.Loop;
import dev.millrace.schema.object.Notice;
import dev.millrace.schema.object.NoticeSink;
import dev.millrace.schema.object.StoreException;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.Stores;
import dev.millrace.schema.run.OrderNotice;
import dev.millrace.schema.time.Ticker;
import dev.millrace.triggers.embedded.OutboxSource;
import dev.millrace.triggers.embedded.names.Outbox;
import dev.millrace.triggers.listing.ListingSource;
import dev.millrace.triggers.listing.SweepCheckpoint;
import dev.millrace.triggers.notice.InputNotices;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The sources of events: the embedded store's outbox, and listing of every bucket that is read. */
final class Triggers implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Triggers.class);
  private static final Duration IDLE = Duration.ofMinutes(1);
  private static final Duration PAUSE = Duration.ofMillis(500);
  private static final Duration LOOK = Duration.ofMillis(500);

  private final Stores stores;
  private final Catalog catalog;
  private final Intake intake;
  private final InstantSource clock;
  private final Ticker ticker;
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final Map<Catalog.Watched, ListingSource> sources = new HashMap<>();

  /** When by the machine's ticker a bucket is swept again. */
  private final Map<Catalog.Watched, Long> sweptAgain = new HashMap<>();

  /** Those of which it was said that they are swept less often than configured. */
  private final Set<Catalog.Watched> stretched = new HashSet<>();

  /** What sources feed. */
  record Funnel(Stores stores, Catalog catalog, Intake intake) {}

  Triggers(Funnel funnel, InstantSource clock, Ticker ticker) {
    this.stores = funnel.stores();
    this.catalog = funnel.catalog();
    this.intake = funnel.intake();
    this.clock = clock;
    this.ticker = ticker;
  }

  /**
   * Reads the embedded store's outbox: an object in the intermediate bucket is word of an order,
   * any other one a notice.
   */
  void readOutbox(Outbox outbox, String ordersBucket, Consumer<OrderNotice> orders) {
    NoticeSink inputs = new InputNotices(intake);
    NoticeSink split =
        notices -> {
          List<Notice> others = new ArrayList<>();
          for (Notice notice : notices) {
            if (notice.object().bucket().equals(ordersBucket)) {
              orders.accept(new OrderNotice(notice.object().bucket(), notice.object().key()));
            } else {
              others.add(notice);
            }
          }
          inputs.accept(others);
        };
    OutboxSource source = new OutboxSource(outbox, StoreId.EMBEDDED, split, clock, PAUSE);
    opened.push(
        Loop.start(
            "outbox",
            () -> {
              if (source.drain() == 0) {
                outbox.awaitEvents(0, IDLE);
              }
            }));
  }

  /** Sweeps every bucket that functions read from, again and again, with this pause for each. */
  void sweep(Duration interval) {
    opened.push(
        Loop.start(
            "listing",
            () -> {
              sweepDue(interval);
              Thread.sleep(LOOK);
            }));
  }

  /** Once over those whose time has come. */
  void sweepDue(Duration interval) {
    for (Catalog.Watched watched : catalog.watched()) {
      sweepAlone(watched, interval);
    }
  }

  /** A bucket that cannot be listed, or whose store is not configured, is in no other's way. */
  private void sweepAlone(Catalog.Watched watched, Duration interval) {
    Long due = sweptAgain.get(watched);
    long began = ticker.nanos();
    if (due != null && began - due < 0) {
      return;
    }
    boolean swept = swept(watched);
    Duration took = Duration.ofNanos(ticker.nanos() - began);
    Duration pause =
        swept ? SweepPause.afterSweep(interval, took) : SweepPause.afterFailure(interval, took);
    sweptAgain.put(watched, began + pause.toNanos());
    if (swept && pause.compareTo(interval) > 0 && stretched.add(watched)) {
      LOG.info(
          "a sweep over bucket {} of store {} took {} s: the next one begins {} s after it began,"
              + " not {} s (listing.interval); said once",
          watched.bucket(),
          watched.store(),
          took.toSeconds(),
          pause.toSeconds(),
          interval.toSeconds());
    }
  }

  private boolean swept(Catalog.Watched watched) {
    try {
      sources.computeIfAbsent(watched, this::source).sweep();
      return true;
    } catch (StoreException | RuntimeException e) {
      LOG.warn(
          "bucket {} of store {} cannot be listed now: {}",
          watched.bucket(),
          watched.store(),
          e.getMessage());
      return false;
    }
  }

  private ListingSource source(Catalog.Watched watched) {
    return new ListingSource(
        stores.get(watched.store()),
        new ListingSource.Place(watched.bucket(), ""),
        intake,
        new InputNotices(intake),
        SweepCheckpoint.inMemory(),
        clock);
  }

  @Override
  public void close() {
    Closing.all(opened);
  }
}
