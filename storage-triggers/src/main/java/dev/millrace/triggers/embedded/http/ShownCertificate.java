package dev.millrace.triggers.embedded.http;

import java.io.IOException;
import java.lang.System.Logger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/**
 * The certificate that the store shows, taken again when its files change. A pair of files that do
 * not fit, as in the middle of a renewal, leaves the one before in use.
 */
final class ShownCertificate implements AutoCloseable {
  /** Of a key store that is in memory alone: it keeps nothing from anyone. */
  private static final String PASSWORD = "in memory";

  private static final Logger LOG = System.getLogger(ShownCertificate.class.getName());

  private final S3Server.Tls settings;
  private final InstantSource clock;
  private final SslContextFactory.Server factory = new SslContextFactory.Server();
  private final ScheduledExecutorService watch =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("store-certificate").factory());
  private String seen;

  private ShownCertificate(S3Server.Tls settings, InstantSource clock) throws IOException {
    this.settings = settings;
    this.clock = clock;
    this.seen = look();
    take(factory);
  }

  /**
   * Reads the files, and begins to watch them.
   *
   * @throws IOException with one sentence when they are no certificate with its key
   */
  static ShownCertificate open(S3Server.Tls settings, InstantSource clock) throws IOException {
    ShownCertificate shown = new ShownCertificate(settings, clock);
    long millis = settings.reloadInterval().toMillis();
    shown.watch.scheduleWithFixedDelay(
        shown::reloadWhenChanged, millis, millis, TimeUnit.MILLISECONDS);
    return shown;
  }

  SslContextFactory.Server factory() {
    return factory;
  }

  private void take(SslContextFactory target) throws IOException {
    PemIdentity identity =
        PemIdentity.read(settings.certificate(), settings.key(), clock.instant());
    target.setKeyStore(identity.keyStore(PASSWORD.toCharArray()));
    target.setKeyStorePassword(PASSWORD);
  }

  private void reloadWhenChanged() {
    try {
      String now = look();
      if (!now.equals(seen)) {
        seen = now;
        PemIdentity.read(settings.certificate(), settings.key(), clock.instant());
        factory.reload(target -> {
          try {
            take(target);
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
      }
    } catch (Exception e) {
      // The outermost frame of the watch: the certificate before stays, the next look tries again.
      LOG.log(Logger.Level.WARNING, "The store keeps its certificate: " + e.getMessage());
    }
  }

  private String look() throws IOException {
    return look(settings.certificate()) + " " + look(settings.key());
  }

  private static String look(Path file) throws IOException {
    return Files.exists(file) ? Files.getLastModifiedTime(file) + "/" + Files.size(file) : "absent";
  }

  @Override
  public void close() {
    watch.shutdownNow();
  }
}
