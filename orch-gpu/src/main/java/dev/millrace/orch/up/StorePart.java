package dev.millrace.orch.up;

import dev.millrace.orch.backup.Backup;
import dev.millrace.orch.config.MillraceConfig;
import dev.millrace.orch.config.StoreOptions;
import dev.millrace.triggers.embedded.EmbeddedStore;
import dev.millrace.triggers.embedded.StoreConfig;
import dev.millrace.triggers.embedded.names.Outbox;
import dev.millrace.triggers.s3.S3StoreSettings;
import java.io.IOException;
import java.net.BindException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The embedded store on its folder of a data folder; {@code store.env} beside it says how. */
final class StorePart implements AutoCloseable {
  private final EmbeddedStore store;
  private final StoreAccess access;

  private StorePart(EmbeddedStore store) {
    this.store = store;
    this.access =
        new StoreAccess(
            store.localEndpoint(),
            store.region(),
            new S3StoreSettings.AccessKeyPair(
                store.accessKey().id(), store.accessKey().secret().value()),
            store::near);
  }

  /**
   * Starts it.
   *
   * @param option that gives it another port
   */
  static StorePart start(MillraceConfig config, Path data, String option) throws IOException {
    Backup.clear(data);
    StorePart part;
    try {
      part = new StorePart(EmbeddedStore.start(settings(config, data)));
    } catch (IOException e) {
      throw e instanceof BindException || e.getCause() instanceof BindException
          ? inUse("store", config.store(), option, e)
          : e;
    }
    StoreEnvironment.write(part.endpoint(), part.access(), data);
    return part;
  }

  static IOException inUse(
      String what, MillraceConfig.Listen listen, String option, Exception cause) {
    return new IOException(
        "the "
            + what
            + " cannot listen on "
            + listen.host()
            + ":"
            + listen.port()
            + taken(cause)
            + ": give it another port with "
            + option
            + ", 0 for any free one",
        cause);
  }

  /** A port below 1024 and an address that is not there have words of their own. */
  private static String taken(Exception cause) {
    for (Throwable each = cause; each != null; each = each.getCause()) {
      if (each instanceof BindException bind && bind.getMessage() != null) {
        return bind.getMessage().contains("already in use")
            ? ", which another program has"
            : " (" + bind.getMessage() + ")";
      }
    }
    return "";
  }

  /** What to say of a disk that has no room for objects; empty where it has. */
  static Optional<String> crowded(MillraceConfig config, Path data) {
    long free;
    try {
      free = Files.getFileStore(data.resolve("store")).getUsableSpace();
    } catch (IOException e) {
      return Optional.of("how much room the store's disk has cannot be told: " + e.getMessage());
    }
    long kept = config.storeOptions().space().minFreeBytes();
    return free > kept
        ? Optional.empty()
        : Optional.of(
            "the store takes nothing in: its disk has "
                + (free >> 20)
                + " MiB free, and "
                + (kept >> 20)
                + " MiB stay free (store.min_free). Make room, or see 'millrace doctor'");
  }

  private static StoreConfig settings(MillraceConfig config, Path data) {
    return StoreConfig.in(data.resolve("store"))
        .withHost(config.store().host())
        .withPort(config.store().port())
        .withRegion(config.region())
        .withDomain(config.storeOptions().domain())
        .withTls(config.storeOptions().tls().map(StorePart::tls))
        .withSpace(space(config.storeOptions().space()));
  }

  private static StoreConfig.Space space(StoreOptions.Space space) {
    return new StoreConfig.Space(
        space.minFreeBytes(), bound(space.quotaBytes()), bound(space.bucketQuotaBytes()));
  }

  private static long bound(long bytes) {
    return bytes == 0 ? Long.MAX_VALUE : bytes;
  }

  private static StoreConfig.Tls tls(StoreOptions.Tls tls) {
    return new StoreConfig.Tls(
        tls.certificate(), tls.key(), tls.plainPort(), StoreConfig.Tls.RELOAD_INTERVAL);
  }

  /** Where clients reach it. */
  URI endpoint() {
    return store.endpoint();
  }

  /** How Millrace itself reaches it: on this host, in plain HTTP. */
  StoreAccess access() {
    return access;
  }

  /** Its events, in this process. */
  Outbox outbox() {
    return store.outbox();
  }

  @Override
  public void close() throws IOException {
    store.close();
  }
}
