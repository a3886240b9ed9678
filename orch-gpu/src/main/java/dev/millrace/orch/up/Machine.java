package dev.millrace.orch.up;

import dev.millrace.orch.api.ApiConfig;
import dev.millrace.orch.api.ApiServer;
import dev.millrace.orch.api.NoticeLimits;
import dev.millrace.orch.api.RunRoutes;
import dev.millrace.orch.api.TokenFile;
import dev.millrace.orch.api.Tokens;
import dev.millrace.orch.client.CoordinatorFile;
import dev.millrace.orch.config.MillraceConfig;
import dev.millrace.runtime.channel.RunChannelWire;
import dev.millrace.runtime.discovery.Discovery;
import dev.millrace.runtime.discovery.HostCpu;
import dev.millrace.runtime.discovery.NvidiaSmi;
import dev.millrace.runtime.discovery.Simulated;
import dev.millrace.runtime.discovery.Together;
import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.json.MalformedJson;
import dev.millrace.schema.object.ObjectStore;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.Stores;
import dev.millrace.schema.run.OrderNotice;
import dev.millrace.schema.run.RunChannel;
import dev.millrace.triggers.embedded.EmbeddedStore;
import dev.millrace.triggers.embedded.StoreConfig;
import dev.millrace.triggers.s3.S3ObjectStore;
import dev.millrace.triggers.s3.S3StoreSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A whole Millrace in this process: store, coordinator, provider, API; on one data folder. */
public final class Machine implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Machine.class);

  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final DataFolder data;
  private final EmbeddedStore store;
  private final Coordinator coordinator;
  private final ApiServer api;
  private final List<Accelerator> devices;

  private Machine(MillraceConfig config, Path folder, String version) throws IOException {
    Coordinator.Nature nature = Coordinator.Nature.real();
    data = keep(DataFolder.open(folder));
    store = keep(startStore(config, data));
    Stores stores = stores(config);
    ObjectStore embedded = stores.get(StoreId.EMBEDDED);
    embedded.ensureBucket(config.orders().bucket());
    List<Consumer<OrderNotice>> listeners = new ArrayList<>();
    coordinator =
        keep(
            Coordinator.open(
                new Coordinator.Ground(
                    config,
                    data,
                    stores,
                    StoreId.EMBEDDED,
                    notice -> listeners.forEach(l -> l.accept(notice))),
                nature));
    devices = discover(config.provider());
    LocalProvider provider =
        keep(
            new LocalProvider(
                new LocalProvider.Around(
                    config,
                    data.file("provider"),
                    embedded,
                    coordinator.channel(),
                    coordinator.trusted()),
                devices,
                nature.random()));
    listeners.add(provider::tell);
    coordinator.register(provider.introduction(nature.clock()));
    Webhooks webhooks =
        keep(
            Webhooks.open(
                config.stores(),
                new Webhooks.Ground(data.root(), coordinator.catalog(), coordinator.intake()),
                nature.clock(),
                nature.random()));
    api = keep(api(config, nature, version, webhooks));
    coordinator.run();
    provider.start();
    Triggers triggers =
        keep(
            new Triggers(
                new Triggers.Funnel(stores, coordinator.catalog(), coordinator.intake()),
                nature.clock()));
    triggers.readOutbox(
        store, config.orders().bucket(), config.orders().events() ? provider::tell : order -> {});
    triggers.sweep(config.listingInterval());
    keep(
        Listening.start(
            config.stores(), coordinator.catalog(), coordinator.intake(), nature.clock()));
    new CoordinatorFile(api.endpoint().toString(), ProcessHandle.current().pid(), version)
        .write(data.root());
    opened.push(() -> CoordinatorFile.remove(data.root()));
  }

  /**
   * Starts everything.
   *
   * @param folder the data folder, which no other process may use
   */
  public static Machine start(MillraceConfig config, Path folder, String version)
      throws IOException {
    return new Machine(config, folder, version);
  }

  private <T extends AutoCloseable> T keep(T part) {
    opened.push(part);
    return part;
  }

  private static EmbeddedStore startStore(MillraceConfig config, DataFolder data)
      throws IOException {
    try {
      return EmbeddedStore.start(storeConfig(config, data));
    } catch (IOException e) {
      throw e instanceof BindException || e.getCause() instanceof BindException
          ? inUse("store", config.store(), "--store-port", e)
          : e;
    }
  }

  private static IOException inUse(
      String what, MillraceConfig.Listen listen, String option, Exception cause) {
    return new IOException(
        "the "
            + what
            + " cannot listen on "
            + listen.host()
            + ":"
            + listen.port()
            + ": give it another port with "
            + option
            + ", 0 for any free one",
        cause);
  }

  private static StoreConfig storeConfig(MillraceConfig config, DataFolder data) {
    StoreConfig defaults = StoreConfig.in(data.file("store"));
    return new StoreConfig(
        defaults.folder(),
        config.store().host(),
        config.store().port(),
        config.region(),
        defaults.limits(),
        InstantSource.system());
  }

  private Stores stores(MillraceConfig config) throws IOException {
    Map<StoreId, ObjectStore> stores = new HashMap<>();
    stores.put(
        StoreId.EMBEDDED,
        keep(
            S3ObjectStore.open(
                S3StoreSettings.at(
                    StoreId.EMBEDDED,
                    store.endpoint(),
                    store.region(),
                    new S3StoreSettings.AccessKeyPair(
                        store.accessKey().id(), store.accessKey().secret().value())))));
    for (MillraceConfig.RemoteStore remote : config.stores()) {
      stores.put(
          remote.id(),
          keep(
              S3ObjectStore.open(
                  S3StoreSettings.at(
                      remote.id(),
                      remote.endpoint(),
                      remote.region(),
                      new S3StoreSettings.AccessKeyPair(
                          Files.readString(remote.accessKeyFile()).strip(),
                          Files.readString(remote.secretKeyFile()).strip())))));
    }
    return id -> Optional.ofNullable(stores.get(id));
  }

  private static List<Accelerator> discover(MillraceConfig.Provider provider) {
    List<Discovery> parts = new ArrayList<>();
    parts.add(new HostCpu());
    parts.add(new NvidiaSmi());
    for (MillraceConfig.SimulatedDevice device : provider.simulated()) {
      parts.add(new Simulated(device.kind(), device.count(), device.model(), device.memory()));
    }
    return new Together(parts, problem -> LOG.warn("devices left out: {}", problem.getMessage()))
        .find(provider.name(), provider.pool());
  }

  private ApiServer api(
      MillraceConfig config, Coordinator.Nature nature, String version, Webhooks webhooks)
      throws IOException {
    String token = TokenFile.readOrMake(data.root(), nature.random());
    ApiConfig defaults = ApiConfig.loopback(config.api().port(), version);
    try {
      return ApiServer.start(
          new ApiConfig(
              config.api().host(),
              config.api().port(),
              defaults.maxJsonBytes(),
              defaults.maxFileBytes(),
              defaults.eventQueue(),
              defaults.heartbeat(),
              version),
          coordinator.desk(),
          Tokens.admin(token, config.tenant()),
          new ApiServer.Mounted(
              Optional.of(runs(coordinator.channel())),
              List.of(webhooks.route()),
              Optional.of(new ApiServer.Notices(webhooks.door(), NoticeLimits.DEFAULT))));
    } catch (UncheckedIOException e) {
      throw inUse("API", config.api(), "--port", e);
    }
  }

  /** What runs ask over HTTP, asked of this channel. */
  static RunRoutes runs(RunChannel channel) {
    return (operation, body) -> answer(channel, operation, body);
  }

  private static byte[] answer(RunChannel channel, String operation, byte[] body)
      throws IOException {
    RunChannelWire.Answer answer = RunChannelWire.serve(channel, "/v1/runs/" + operation, body);
    if (answer.status() == 200) {
      return answer.body();
    }
    String text = new String(answer.body(), StandardCharsets.UTF_8);
    throw answer.status() < 500 ? new MalformedJson(text) : new IOException(text);
  }

  /** Where the store answers. */
  public URI storeEndpoint() {
    return store.endpoint();
  }

  /** The region that the store's clients are told. */
  public String region() {
    return store.region();
  }

  /** Where the API answers. */
  public URI apiEndpoint() {
    return api.endpoint();
  }

  /** The coordinator in it. */
  public Coordinator coordinator() {
    return coordinator;
  }

  /** The devices that were found. */
  public List<Accelerator> devices() {
    return devices;
  }

  /** The store's first access key. */
  public S3StoreSettings.AccessKeyPair accessKey() {
    return new S3StoreSettings.AccessKeyPair(
        store.accessKey().id(), store.accessKey().secret().value());
  }

  @Override
  public void close() {
    Closing.all(opened);
  }
}
