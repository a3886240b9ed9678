package dev.millrace.orch.up;

import dev.millrace.orch.config.ConfigException;
import dev.millrace.orch.config.MillraceConfig;
import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.triggers.s3.S3StoreSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** A whole Millrace in this process: store, coordinator, provider; on one data folder. */
public final class Machine implements AutoCloseable {
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final StorePart store;
  private final CoordinatorPart coordinator;
  private final List<Accelerator> devices;

  private Machine(MillraceConfig config, Path folder, String version) throws IOException {
    refuseOther(config);
    Coordinator.Nature nature = Coordinator.Nature.real();
    try {
      DataFolder data = keep(DataFolder.open(folder));
      DataFolder own = keep(DataFolder.open(data.file("provider")));
      store = keep(StorePart.start(config, data.root(), "--store-port"));
      coordinator =
          keep(
              new CoordinatorPart(
                  new CoordinatorPart.Around(
                      config,
                      data,
                      store.access(),
                      Optional.of(store.outbox()),
                      List.of(config.provider().pool()),
                      version),
                  nature));
      devices = Devices.find(config.provider());
      BucketOrders orders = new BucketOrders(config.orders(), coordinator.store());
      LocalProvider provider =
          keep(
              new LocalProvider(
                  new LocalProvider.Around(
                      config,
                      own.root(),
                      orders.sources(),
                      coordinator.coordinator().channel(),
                      coordinator.coordinator().trusted(),
                      coordinator.coordinator().inside()),
                  devices,
                  nature.random()));
      coordinator.hear(orders::tell);
      coordinator.coordinator().register(provider.introduction(nature.clock()));
      coordinator.run();
      provider.start();
    } catch (IOException | RuntimeException e) {
      Closing.all(opened);
      throw e;
    }
  }

  /** Jobs of one journal would look for their objects now in this store and now in that. */
  private static void refuseOther(MillraceConfig config) throws ConfigException {
    MillraceConfig.StoreElsewhere elsewhere = config.storeElsewhere();
    if (elsewhere != null) {
      throw new ConfigException(
          "store.endpoint: "
              + elsewhere.endpoint()
              + " is the store of a coordinator that starts alone, and 'up' starts one of its own:"
              + " start 'millrace coordinator' and 'millrace provider' instead, or remove"
              + " store.endpoint from the configuration; a store beside the embedded one goes under"
              + " 'stores'");
    }
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

  /** Where the store answers. */
  public URI storeEndpoint() {
    return store.endpoint();
  }

  /** The region that the store's clients are told. */
  public String region() {
    return store.access().region();
  }

  /** Where the API answers. */
  public URI apiEndpoint() {
    return coordinator.endpoint();
  }

  /** The coordinator in it. */
  public Coordinator coordinator() {
    return coordinator.coordinator();
  }

  /** The devices that were found. */
  public List<Accelerator> devices() {
    return devices;
  }

  /** The store's first access key. */
  public S3StoreSettings.AccessKeyPair accessKey() {
    return store.access().keys();
  }

  @Override
  public void close() {
    Closing.all(opened);
  }
}
