package dev.millrace.orch.up;

import dev.millrace.orch.command.Paint;
import dev.millrace.orch.command.PartOptions;
import dev.millrace.orch.command.Terminal;
import dev.millrace.orch.command.Version;
import dev.millrace.orch.config.ConfigReader;
import dev.millrace.orch.config.MillraceConfig;
import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.object.ObjectStore;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.run.Join;
import dev.millrace.triggers.embedded.RemoteOutbox;
import dev.millrace.triggers.embedded.names.Outbox;
import dev.millrace.triggers.embedded.signature.AccessKey;
import dev.millrace.triggers.embedded.signature.SecretKey;
import dev.millrace.triggers.s3.S3ObjectStore;
import dev.millrace.triggers.s3.S3StoreSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** The parts of a machine, each as a process of its own on its part of a data folder. */
final class Processes {
  private static final int WAITS_MAX = 240;
  private static final long WAIT_MILLIS = 250;

  private final PartOptions options;
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final long began = System.nanoTime();

  Processes(PartOptions options) {
    this.options = options;
  }

  private <T extends AutoCloseable> T keep(T part) {
    opened.push(part);
    return part;
  }

  /** The store, until the process is told to stop. */
  void store() throws IOException, InterruptedException {
    MillraceConfig read = config();
    MillraceConfig config =
        read.withPorts(read.api().port(), options.port().orElse(read.store().port()));
    DataFolder.make(options.data());
    StorePart store = keep(StorePart.start(config, options.data(), "--port"));
    ready();
    StorePart.crowded(config, options.data()).ifPresent(options.terminal()::tell);
    line("  store  " + store.endpoint());
    line("         keys: . " + options.data().normalize().resolve(StoreEnvironment.NAME));
    last();
  }

  /** The coordinator, until the process is told to stop. */
  void coordinator() throws IOException, InterruptedException {
    MillraceConfig read = config();
    MillraceConfig config =
        read.withPorts(options.port().orElse(read.api().port()), read.store().port());
    DataFolder data = keep(DataFolder.open(options.data()));
    StoreAccess access = awaitStore(config, data);
    Coordinator.Nature nature = Coordinator.Nature.real();
    CoordinatorPart part =
        keep(
            new CoordinatorPart(
                new CoordinatorPart.Around(
                    config, data, access, events(config, access), List.of(), Version.current()),
                nature));
    part.run();
    ready();
    line("  api    " + part.endpoint());
    line("  store  " + access.endpoint());
    last();
  }

  private Optional<Outbox> events(MillraceConfig config, StoreAccess access) {
    MillraceConfig.StoreElsewhere elsewhere = config.storeElsewhere();
    return elsewhere != null && !elsewhere.events()
        ? Optional.empty()
        : Optional.of(
            keep(
                new RemoteOutbox(
                    access.endpoint(),
                    access.region(),
                    new AccessKey(
                        access.keys().id(), new SecretKey(access.keys().secret()), "main"),
                    Coordinator.Nature.real().clock())));
  }

  /** Both may be started at once: a coordinator waits for its store. */
  private StoreAccess awaitStore(MillraceConfig config, DataFolder data)
      throws IOException, InterruptedException {
    for (int waits = 0; ; waits++) {
      Optional<StoreAccess> access = StoreAccess.find(config, data.root());
      Optional<IOException> problem =
          access.isPresent()
              ? unanswered(access.get(), config.orders().bucket())
              : Optional.of(
                  new IOException(
                      "no store has run on "
                          + options.data()
                          + ": start 'millrace store' on it, or name one by store.endpoint"));
      if (problem.isEmpty() && access.isPresent()) {
        return access.get();
      }
      waited(waits, problem.orElseThrow());
    }
  }

  private static Optional<IOException> unanswered(StoreAccess access, String bucket) {
    try (ObjectStore store =
        S3ObjectStore.open(
            S3StoreSettings.at(
                StoreId.EMBEDDED, access.endpoint(), access.region(), access.keys()))) {
      store.ensureBucket(bucket);
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(
          new IOException(
              "the store at " + access.endpoint() + " does not answer: " + e.getMessage(), e));
    }
  }

  private void waited(int waits, IOException problem) throws IOException, InterruptedException {
    if (waits == 0) {
      options.terminal().note("millrace: waiting: " + problem.getMessage());
    }
    if (waits >= WAITS_MAX) {
      throw problem;
    }
    Thread.sleep(WAIT_MILLIS);
  }

  /** The provider, until the process is told to stop. */
  void provider() throws IOException, InterruptedException {
    MillraceConfig config = config();
    DataFolder.make(options.data());
    DataFolder own = keep(DataFolder.open(options.data().resolve("provider")));
    Joining joining = new Joining(options.data(), own.root());
    Join join =
        options.join().isPresent()
            ? joining.take(options.join().get())
            : awaitJoin(joining, config);
    RemoteProvider provider =
        keep(new RemoteProvider(config, own.root(), join, Coordinator.Nature.real()));
    provider.start();
    ready();
    line("  provider " + join.provider() + " of the coordinator at " + provider.coordinator());
    for (Accelerator device : provider.devices()) {
      line(Wired.shown(device));
    }
    last();
  }

  private Join awaitJoin(Joining joining, MillraceConfig config)
      throws IOException, InterruptedException {
    for (int waits = 0; ; waits++) {
      Optional<Join> join = joining.find(config.provider().name());
      if (join.isPresent()) {
        return join.get();
      }
      waited(
          waits,
          new IOException(
              "this provider has not joined a coordinator, and none runs on "
                  + options.data()
                  + ": give it a join file with --join, which 'millrace token' makes"));
    }
  }

  private MillraceConfig config() throws IOException {
    Path file = options.config().orElse(options.data().resolve(Wired.CONFIG));
    if (options.config().isPresent() && !Files.exists(file)) {
      throw new IOException("there is no configuration file " + file);
    }
    return new ConfigReader(System::getenv).read(file);
  }

  private void ready() {
    Terminal terminal = options.terminal();
    long millis = (System.nanoTime() - began) / 1_000_000;
    terminal.line(terminal.paint(Paint.GOOD, "ready") + " after " + millis + " ms");
  }

  private void line(String text) {
    options.terminal().line(text);
  }

  private void last() throws InterruptedException {
    line("  data   " + options.data().normalize());
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .unstarted(() -> {
                  line("stopping...");
                  close();
                  line("stopped");
                  stopped.countDown();
                }));
    stopped.await();
  }

  /** Closes what was opened. */
  void close() {
    Closing.all(opened);
  }
}
