package dev.millrace.orch.up;

import dev.millrace.orch.intake.Catalog;
import dev.millrace.orch.intake.Intake;
import dev.millrace.orch.observe.Loop;
import dev.millrace.schema.object.Notice;
import dev.millrace.schema.object.NoticeSink;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.Stores;
import dev.millrace.schema.run.OrderNotice;
import dev.millrace.schema.time.Ticker;
import dev.millrace.triggers.embedded.OutboxSource;
import dev.millrace.triggers.embedded.names.Outbox;
import dev.millrace.triggers.notice.InputNotices;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The sources of events: the embedded store's outbox, and listing of every bucket that is read. */
final class Triggers implements AutoCloseable {
  private static final Duration IDLE = Duration.ofMinutes(1);
  private static final Duration PAUSE = Duration.ofMillis(500);
  private static final Duration LOOK = Duration.ofMillis(500);

  private final Stores stores;
  private final Catalog catalog;
  private final Intake intake;
  private final InstantSource clock;
  private final Ticker ticker;
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

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

  /**
   * Sweeps every bucket that functions read from, again and again, with this pause for each. Each
   * store has a thread of its own, so that one which does not answer holds up no other.
   */
  void sweep(Duration interval) {
    Map<StoreId, Loop> loops = new HashMap<>();
    opened.push(() -> loops.values().forEach(Loop::close));
    opened.push(
        Loop.start(
            "listing",
            () -> {
              for (Catalog.Watched watched : catalog.watched()) {
                loops.computeIfAbsent(watched.store(), store -> sweep(store, interval));
              }
              Thread.sleep(LOOK);
            }));
  }

  private Loop sweep(StoreId store, Duration interval) {
    StoreSweeps sweeps =
        new StoreSweeps(store, new StoreSweeps.Sources(stores, intake), interval, clock, ticker);
    return Loop.start(
        "listing " + store,
        () -> {
          sweeps.pass(catalog.watched());
          Thread.sleep(LOOK);
        });
  }

  @Override
  public void close() {
    Closing.all(opened);
  }
}
