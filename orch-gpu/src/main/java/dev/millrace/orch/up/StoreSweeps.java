package dev.millrace.orch.up;

import dev.millrace.orch.intake.Catalog;
import dev.millrace.orch.intake.Intake;
import dev.millrace.schema.object.StoreException;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.Stores;
import dev.millrace.schema.time.Ticker;
import dev.millrace.triggers.listing.ListingSource;
import dev.millrace.triggers.listing.SweepCheckpoint;
import dev.millrace.triggers.notice.InputNotices;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sweeps over one store's buckets, one after the other. A store that kept a sweep waiting in
 * vain is left alone for a while, with all its buckets: each of them would wait as long. Those that
 * could be listed last time have their turn first, so that one which never can holds up no other.
 * Not thread-safe: one loop calls it.
 */
final class StoreSweeps {
  private static final Logger LOG = LoggerFactory.getLogger(StoreSweeps.class);

  /** A try that failed sooner has held up nobody. */
  private static final Duration LONG = Duration.ofSeconds(1);

  private final StoreId store;
  private final Sources from;
  private final Duration interval;
  private final InstantSource clock;
  private final Ticker ticker;
  private final Map<String, ListingSource> sources = new HashMap<>();
  private final Map<String, Turn> turns = new HashMap<>();

  /** Those of which it was said that they are swept less often than configured. */
  private final Set<String> stretched = new HashSet<>();

  /** Until when, by the ticker, the store is left alone. */
  private Optional<Long> silentUntil = Optional.empty();

  /** Where objects are, and who hears of them. */
  record Sources(Stores stores, Intake intake) {}

  /** When by the ticker a bucket is swept again. */
  private record Turn(long due, boolean failed) {}

  private enum Swept {
    WHOLE,
    FAILED,
    IN_VAIN
  }

  StoreSweeps(StoreId store, Sources from, Duration interval, InstantSource clock, Ticker ticker) {
    this.store = store;
    this.from = from;
    this.interval = interval;
    this.clock = clock;
    this.ticker = ticker;
  }

  /** Once over those of the store's buckets whose time has come. */
  void pass(Collection<Catalog.Watched> watched) {
    long now = ticker.nanos();
    List<String> buckets =
        watched.stream()
            .filter(one -> one.store().equals(store))
            .map(Catalog.Watched::bucket)
            .sorted(
                Comparator.comparing(this::failedLast)
                    .thenComparing(bucket -> untilDue(bucket, now)))
            .toList();
    for (String bucket : buckets) {
      if (silentUntil.isPresent() && ticker.nanos() - silentUntil.get() < 0) {
        return;
      }
      sweepWhenDue(bucket);
    }
  }

  private boolean failedLast(String bucket) {
    Turn turn = turns.get(bucket);
    return turn != null && turn.failed();
  }

  private long untilDue(String bucket, long now) {
    Turn turn = turns.get(bucket);
    return turn == null ? 0 : turn.due() - now;
  }

  private void sweepWhenDue(String bucket) {
    Turn turn = turns.get(bucket);
    long began = ticker.nanos();
    if (turn != null && began - turn.due() < 0) {
      return;
    }
    Swept swept = swept(bucket);
    Duration took = Duration.ofNanos(ticker.nanos() - began);
    boolean whole = swept == Swept.WHOLE;
    Duration pause =
        whole ? SweepPause.afterSweep(interval, took) : SweepPause.afterFailure(interval, took);
    long due = began + pause.toNanos();
    turns.put(bucket, new Turn(due, !whole));
    if (swept == Swept.IN_VAIN && took.compareTo(LONG) >= 0) {
      silentUntil = Optional.of(due);
    }
    if (whole && pause.compareTo(interval) > 0 && stretched.add(bucket)) {
      LOG.info(
          "a sweep over bucket {} of store {} took {} s: the next one begins {} s after it began,"
              + " not {} s (listing.interval); said once",
          bucket,
          store,
          took.toSeconds(),
          pause.toSeconds(),
          interval.toSeconds());
    }
  }

  /** A bucket that cannot be listed, or whose store is not configured, is in no other's way. */
  private Swept swept(String bucket) {
    try {
      sources.computeIfAbsent(bucket, this::source).sweep();
      return Swept.WHOLE;
    } catch (StoreException e) {
      tell(bucket, e);
      return e.kind() == StoreException.Kind.RETRY ? Swept.IN_VAIN : Swept.FAILED;
    } catch (RuntimeException e) {
      tell(bucket, e);
      return Swept.FAILED;
    }
  }

  private void tell(String bucket, Exception cause) {
    LOG.warn("bucket {} of store {} cannot be listed now: {}", bucket, store, cause.getMessage());
  }

  private ListingSource source(String bucket) {
    return new ListingSource(
        from.stores().get(store),
        new ListingSource.Place(bucket, ""),
        from.intake(),
        new InputNotices(from.intake()),
        SweepCheckpoint.inMemory(),
        clock);
  }
}
