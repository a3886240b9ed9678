package dev.millrace.triggers.listing;

import dev.millrace.schema.object.KnownObjects;
import dev.millrace.schema.object.ListPage;
import dev.millrace.schema.object.ListedObject;
import dev.millrace.schema.object.Notice;
import dev.millrace.schema.object.NoticeSink;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.ObjectStore;
import dev.millrace.schema.object.StoreException;
import dev.millrace.triggers.notice.InputNotices;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/**
 * Notices objects by listing a bucket in full, again and again: new keys sort anywhere, so no sweep
 * can stand for the next. The source that needs nothing of a store and finds what every other lost.
 */
public final class ListingSource {
  /** What notices of this source are from. */
  public static final String NAME = "listing";

  private static final Logger LOG = System.getLogger(ListingSource.class.getName());
  private static final int PAGE = 1000;

  private final ObjectStore store;
  private final Place place;
  private final KnownObjects known;
  private final NoticeSink sink;
  private final SweepCheckpoint checkpoint;
  private final InstantSource clock;

  /** What is listed: keys of a bucket that begin with the prefix. */
  public record Place(String bucket, String prefix) {}

  /**
   * A source for one place.
   *
   * @param known spares a notice for each object seen before
   * @param clock the wall time of reception
   */
  public ListingSource(
      ObjectStore store,
      Place place,
      KnownObjects known,
      NoticeSink sink,
      SweepCheckpoint checkpoint,
      InstantSource clock) {
    this.store = store;
    this.place = place;
    this.known = known;
    this.sink = sink;
    this.checkpoint = checkpoint;
    this.clock = clock;
  }

  /** Sweeps until the thread is interrupted, with that pause: the body of one thread of its own. */
  public void run(Duration pause) {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        sweep();
      } catch (StoreException | UncheckedIOException e) {
        LOG.log(
            Logger.Level.WARNING,
            "The sweep of " + place + " in " + store.id() + " goes on after a pause",
            e);
      }
      try {
        Thread.sleep(pause);
      } catch (InterruptedException stop) {
        return;
      }
    }
  }

  /**
   * Lists from the checkpoint to the end.
   *
   * @return how many objects were noticed
   * @throws UncheckedIOException when the sink has not made a page's notices durable; the
   *     checkpoint is before that page then
   */
  public int sweep() throws StoreException {
    int noticed = 0;
    String token = checkpoint.token();
    boolean resumed = !token.isEmpty();
    while (true) {
      ListPage page;
      try {
        page = store.list(place.bucket(), place.prefix(), token, PAGE);
      } catch (StoreException e) {
        if (!resumed || e.kind() == StoreException.Kind.RETRY) {
          throw e;
        }
        // A token kept over a restart may mean nothing to the store any more.
        resumed = false;
        token = "";
        continue;
      }
      noticed += take(page);
      String next = page.next();
      checkpoint.keep(next == null ? "" : next);
      if (next == null) {
        return noticed;
      }
      token = next;
      resumed = false;
    }
  }

  private int take(ListPage page) {
    List<ListedObject> inputs =
        page.objects().stream().filter(row -> InputNotices.canBeInput(row.key())).toList();
    if (inputs.isEmpty()) {
      return 0;
    }
    List<Notice> notices =
        known.unknown(store.id(), place.bucket(), inputs).stream().map(this::notice).toList();
    if (!notices.isEmpty()) {
      sink.accept(notices);
    }
    return notices.size();
  }

  /** A listing does not tell the version that a HEAD will. */
  private Notice notice(ListedObject row) {
    ObjectName name = new ObjectName(store.id(), place.bucket(), row.key());
    return new Notice(NAME, name, null, clock.instant(), row.alias());
  }
}
