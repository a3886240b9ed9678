package dev.millrace.triggers.embedded;

import dev.millrace.schema.object.ObjectStore;
import dev.millrace.schema.time.Bounded;
import dev.millrace.triggers.embedded.blob.BlobFolder;
import dev.millrace.triggers.embedded.blob.BlobId;
import dev.millrace.triggers.embedded.http.Catalog;
import dev.millrace.triggers.embedded.http.S3Server;
import dev.millrace.triggers.embedded.names.BlobNames;
import dev.millrace.triggers.embedded.names.Buckets;
import dev.millrace.triggers.embedded.names.CommitSignal;
import dev.millrace.triggers.embedded.names.EventOutbox;
import dev.millrace.triggers.embedded.names.Listing;
import dev.millrace.triggers.embedded.names.NameDatabase;
import dev.millrace.triggers.embedded.names.Objects;
import dev.millrace.triggers.embedded.names.Quota;
import dev.millrace.triggers.embedded.names.Sequence;
import dev.millrace.triggers.embedded.names.Uploads;
import dev.millrace.triggers.embedded.signature.AccessKey;
import dev.millrace.triggers.embedded.signature.Authorizer;
import dev.millrace.triggers.embedded.signature.PrefixKeys;
import dev.millrace.triggers.embedded.signature.SignatureVerifier;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;

/**
 * A running S3 store on one folder: {@code names.sqlite} with names, events and the bytes of small
 * objects, {@code blobs/} with all other bytes, {@code access-keys} with credentials. One process
 * at a time has the folder.
 */
public final class EmbeddedStore implements AutoCloseable {
  /** A file that stands in a folder which a backup was restored to, until its first start. */
  public static final String RESTORED = "restored";

  private static final Duration STOP = Duration.ofSeconds(10);

  /** Locks of folders in which something may still be at work. */
  private static final Set<Closeable> TAKEN = ConcurrentHashMap.newKeySet();

  private final FileChannel lockFile;
  private final NameDatabase database;
  private final S3Server server;
  private final StoreConfig config;
  private final AccessKey accessKey;
  private final Catalog catalog;

  private EmbeddedStore(
      StoreConfig config,
      FileChannel lockFile,
      NameDatabase database,
      S3Server server,
      Running running) {
    this.config = config;
    this.lockFile = lockFile;
    this.database = database;
    this.server = server;
    this.accessKey = running.accessKey();
    this.catalog = running.catalog();
  }

  private record Running(AccessKey accessKey, Catalog catalog) {}

  /** Starts a store whose access keys may do everything. */
  public static EmbeddedStore start(StoreConfig config) throws IOException {
    return start(config, Authorizer.allowAll());
  }

  /**
   * Starts a store: takes the folder, removes what a crash left over, then opens the port.
   *
   * @throws IOException also when another process has the folder
   */
  public static EmbeddedStore start(StoreConfig config, Authorizer authorizer) throws IOException {
    Files.createDirectories(config.folder());
    FileChannel lockFile = lock(config.folder());
    Optional<NameDatabase> opened = Optional.empty();
    try {
      SecureRandom random = new SecureRandom();
      AccessKeyFile keys = AccessKeyFile.open(config.folder().resolve("access-keys"), random);
      CommitSignal commits = new CommitSignal();
      NameDatabase database =
          NameDatabase.open(config.folder().resolve("names.sqlite"), commits, quota(config));
      opened = Optional.of(database);
      afterRestore(config, database);
      BlobFolder blobs =
          BlobFolder.open(
              config.folder().resolve("blobs"),
              () -> new BlobId(randomHex(random, 16)),
              config.space().minFreeBytes(),
              config.space().smallMaxBytes());
      blobs.sweep(new BlobNames(database)::isNamed);
      Catalog catalog =
          new Catalog(
              new Buckets(database, config.clock()),
              new Objects(database, config.clock()),
              new Listing(database),
              new Uploads(database, config.clock(), () -> randomHex(random, 32)),
              blobs,
              new EventOutbox(database, commits));
      PrefixKeys restricted =
          new PrefixKeys(keys, authorizer, (bucket, key) -> isThere(catalog, bucket, key));
      S3Server server =
          S3Server.start(
              settings(config),
              catalog,
              new SignatureVerifier(restricted, config.clock()),
              restricted,
              () -> randomHex(random, 8));
      Running running = new Running(keys.first(), catalog);
      return new EmbeddedStore(config, lockFile, database, server, running);
    } catch (IOException | RuntimeException e) {
      if (opened.isPresent()) {
        opened.get().close();
      }
      lockFile.close();
      throw e;
    }
  }

  private static boolean isThere(Catalog catalog, String bucket, String key) {
    try {
      return catalog.objects().find(bucket, key).isPresent();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Once: the mark goes when the counter has moved. */
  private static void afterRestore(StoreConfig config, NameDatabase database) throws IOException {
    Path mark = config.folder().resolve(RESTORED);
    if (Files.exists(mark)) {
      Sequence.skip(database, config.clock());
      Files.delete(mark);
    }
  }

  private static Quota quota(StoreConfig config) {
    return new Quota(config.space().storeMaxBytes(), config.space().bucketMaxBytes());
  }

  private static S3Server.Settings settings(StoreConfig config) {
    StoreConfig.Limits limits = config.limits();
    return new S3Server.Settings(
        config.host(),
        config.port(),
        config.region(),
        limits.requestsMax(),
        limits.idleTimeout(),
        limits.objectMaxBytes(),
        limits.partMinBytes(),
        config
            .tls()
            .map(tls ->
                new S3Server.Tls(
                    tls.certificate(), tls.key(), tls.plainPort(), tls.reloadInterval())),
        new S3Server.Pace(
            limits.pace().connectionsMax(),
            limits.pace().headersWithin(),
            limits.pace().bodyMinBytes(),
            limits.pace().bodyWindow()),
        config.domain(),
        new S3Server.Clocks(config.clock(), System::nanoTime));
  }

  private static FileChannel lock(Path folder) throws IOException {
    FileChannel channel =
        FileChannel.open(
            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      Optional<FileLock> lock = Optional.ofNullable(channel.tryLock());
      if (lock.isPresent()) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // This very process has it: said below.
    }
    channel.close();
    throw new IOException("Another store is running on " + folder);
  }

  private static String randomHex(SecureRandom random, int bytes) {
    byte[] value = new byte[bytes];
    random.nextBytes(value);
    return HexFormat.of().formatHex(value);
  }

  /** Where clients reach the store. */
  public URI endpoint() {
    String scheme = config.tls().isPresent() ? "https" : "http";
    return URI.create(scheme + "://" + config.host() + ":" + server.port());
  }

  /** Where this machine reaches it, always in plain HTTP. */
  public URI localEndpoint() {
    return config.tls().isPresent()
        ? URI.create("http://" + S3Server.LOOPBACK + ":" + server.localPort())
        : endpoint();
  }

  /** The region that clients are told. */
  public String region() {
    return config.region();
  }

  /** The first access key of the store's file. */
  public AccessKey accessKey() {
    return accessKey;
  }

  /** The events that were committed with their objects. */
  public EventOutbox outbox() {
    return catalog.events();
  }

  /**
   * The objects for whoever is in this process: nothing is sent or signed, all else is the same.
   *
   * @param overHttp this store as its clients reach it, for what needs a request; closed with it
   */
  public ObjectStore near(ObjectStore overHttp) {
    return new NearObjects(catalog, overHttp);
  }

  /**
   * Lets requests finish, and gives the folder back. Where the server does not stop, a request may
   * still be at work: its names are closed all the same, and the folder stays taken until this
   * program ends.
   */
  @Override
  public void close() throws IOException {
    close(server::close, database::close, lockFile);
  }

  static void close(Closeable server, Closeable database, Closeable lock) throws IOException {
    try {
      server.close();
    } catch (IOException e) {
      closeBehind(e, database);
      // Nobody else remembers it, and one that is forgotten is closed.
      TAKEN.add(lock);
      throw e;
    }
    try (lock) {
      database.close();
    }
  }

  /** What hangs may hold something of it for ever. */
  private static void closeBehind(IOException first, Closeable database) {
    try {
      Bounded.done(
          "store-names-stop",
          STOP,
          () -> {
            database.close();
            return true;
          });
    } catch (ExecutionException e) {
      first.addSuppressed(e.getCause());
    }
  }
}
