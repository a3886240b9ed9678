package dev.millrace.orch.up;

import dev.millrace.orch.config.MillraceConfig;
import dev.millrace.orch.config.NamedFile;
import dev.millrace.orch.intake.Catalog;
import dev.millrace.orch.observe.Loop;
import dev.millrace.schema.object.NoticeSink;
import dev.millrace.schema.object.StoreId;
import dev.millrace.triggers.minio.BucketListener;
import dev.millrace.triggers.notice.InputNotices;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Listens to each bucket that functions read from, on the stores that are configured for it. */
final class Listening implements AutoCloseable {
  private static final Duration LOOK = Duration.ofMillis(500);

  private final Map<StoreId, MillraceConfig.RemoteStore> stores = new HashMap<>();
  private final Catalog catalog;
  private final NoticeSink sink;
  private final InstantSource clock;
  private final Map<Catalog.Watched, Loop> listeners = new HashMap<>();
  private final Loop looking;

  private Listening(
      List<MillraceConfig.RemoteStore> stores,
      Catalog catalog,
      NoticeSink intake,
      InstantSource clock) {
    stores.stream()
        .filter(MillraceConfig.RemoteStore::listen)
        .forEach(store -> this.stores.put(store.id(), store));
    this.catalog = catalog;
    this.sink = new InputNotices(intake);
    this.clock = clock;
    this.looking = Loop.start("listening", this::look);
  }

  /** Starts to; a bucket of a function that is deployed later is listened to as well. */
  static Listening start(
      List<MillraceConfig.RemoteStore> stores,
      Catalog catalog,
      NoticeSink intake,
      InstantSource clock) {
    return new Listening(stores, catalog, intake, clock);
  }

  private void look() throws IOException, InterruptedException {
    for (Catalog.Watched watched : catalog.watched()) {
      Optional<MillraceConfig.RemoteStore> store = Optional.ofNullable(stores.get(watched.store()));
      if (store.isPresent() && !listeners.containsKey(watched)) {
        BucketListener listener = listener(store.get(), watched.bucket());
        listeners.put(
            watched,
            Loop.start(
                "listening to " + watched.bucket() + " of " + watched.store(), listener::listen));
      }
    }
    Thread.sleep(LOOK);
  }

  private BucketListener listener(MillraceConfig.RemoteStore store, String bucket)
      throws IOException {
    return new BucketListener(
        new BucketListener.Source(
            store.id(),
            bucket,
            store.endpoint(),
            store.region(),
            new BucketListener.Access(
                NamedFile.word(store.accessKeyFile()), NamedFile.word(store.secretKeyFile()))),
        sink,
        clock);
  }

  @Override
  public void close() {
    looking.close();
    listeners.values().forEach(Loop::close);
  }
}
