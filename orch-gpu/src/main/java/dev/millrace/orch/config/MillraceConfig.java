package dev.millrace.orch.config;

import dev.millrace.orch.retention.Rules;
import dev.millrace.schema.fleet.AcceleratorKind;
import dev.millrace.schema.fleet.CdiName;
import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.object.StoreId;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What {@code millrace.yaml} says; {@link ConfigReader} has the defaults. */
public record MillraceConfig(
    TenantId tenant,
    Listen api,
    Listen store,
    String region,
    StoreOptions storeOptions,
    Provider provider,
    List<RemoteStore> stores,
    Duration listingInterval,
    Patience patience,
    Intermediate orders,
    @Nullable Postgres postgres,
    long logMaxBytes,
    Providers providers,
    @Nullable StoreElsewhere storeElsewhere,
    Rules retention) {
  public MillraceConfig {
    stores = List.copyOf(stores);
  }

  /** The same with other ports; 0 takes any free one. */
  public MillraceConfig withPorts(int apiPort, int storePort) {
    return new MillraceConfig(
        tenant,
        new Listen(api.host(), apiPort),
        new Listen(store.host(), storePort),
        region,
        storeOptions,
        provider,
        stores,
        listingInterval,
        patience,
        orders,
        postgres,
        logMaxBytes,
        providers,
        storeElsewhere,
        retention);
  }

  /** The same for a provider of this name. */
  public MillraceConfig withProvider(ProviderId name) {
    return new MillraceConfig(
        tenant,
        api,
        store,
        region,
        storeOptions,
        new Provider(
            name,
            provider.pool(),
            provider.runsMax(),
            provider.processAllow(),
            provider.processOutputMax(),
            provider.docker(),
            provider.cdi(),
            provider.simulated()),
        stores,
        listingInterval,
        patience,
        orders,
        postgres,
        logMaxBytes,
        providers,
        storeElsewhere,
        retention);
  }

  /**
   * Where a server listens.
   *
   * @param port 0 for any free one
   */
  public record Listen(String host, int port) {
    public Listen {
      if (port < 0 || port > 65_535) {
        throw new IllegalArgumentException("a port is 0..65535: " + port);
      }
    }
  }

  /**
   * The provider in this process.
   *
   * @param runsMax runs at once
   * @param processAllow functions that may run as plain processes, without isolation
   * @param processOutputMax bytes that such a run may have in its folders
   * @param cdi devices that are there, by the names that the engine knows them by
   */
  public record Provider(
      ProviderId name,
      PoolId pool,
      int runsMax,
      List<String> processAllow,
      long processOutputMax,
      Docker docker,
      List<CdiDevice> cdi,
      List<SimulatedDevice> simulated) {
    public Provider {
      processAllow = List.copyOf(processAllow);
      cdi = List.copyOf(cdi);
      simulated = List.copyOf(simulated);
    }
  }

  /**
   * The runner docker.
   *
   * @param enabled {@code auto} offers it when an engine answers at the start
   * @param host the engine's socket
   * @param user {@code uid:gid} that functions run as; null for the usual one
   * @param outputMaxBytes in a run's output folder
   * @param tmpMaxBytes under {@code /tmp}, in memory
   * @param processesMax processes and threads of a container
   */
  public record Docker(
      Enabled enabled,
      URI host,
      @Nullable String user,
      long outputMaxBytes,
      long tmpMaxBytes,
      int processesMax) {}

  /** Whether a part is wanted. */
  public enum Enabled {
    AUTO,
    TRUE,
    FALSE
  }

  /**
   * A device that nothing on this host can be asked about.
   *
   * @param name as the container engine knows it
   */
  public record CdiDevice(AcceleratorKind kind, String model, MemoryMib memory, CdiName name) {}

  /** Devices that are only said to be there, for trials; marked everywhere, never billed. */
  public record SimulatedDevice(AcceleratorKind kind, String model, MemoryMib memory, int count) {}

  /**
   * A store of someone else; its keys lie in files.
   *
   * @param webhookTokenFile what its notices must carry; null for one made in the data folder
   * @param listen whether its notices are also asked for, as MinIO offers it
   */
  public record RemoteStore(
      StoreId id,
      URI endpoint,
      String region,
      Path accessKeyFile,
      Path secretKeyFile,
      @Nullable Path webhookTokenFile,
      boolean listen) {}

  /** How long things may take. */
  public record Patience(
      Duration leaseDuration,
      Duration claimWithin,
      Duration manifestPoll,
      Duration stopGrace,
      int lossesMax) {}

  /**
   * The intermediate bucket.
   *
   * @param stage false leaves the staging to whoever exports the orders
   * @param announce false leaves triggering to the store's event and to polling
   * @param events false leaves it to the coordinator's notice and to polling
   * @param poll pause between two listings of the bucket; zero for none
   */
  public record Intermediate(
      String bucket, boolean stage, boolean announce, boolean events, Duration poll) {}

  /** A journal that several coordinators share. */
  public record Postgres(String url, String user, Path passwordFile) {}

  /**
   * Providers elsewhere.
   *
   * @param awayAfter one that is silent for so long gets no orders
   * @param introduceEvery how often they are told to introduce themselves
   * @param mailPoll longest pause between two looks into the intermediate bucket, for those that
   *     come through it: for requests on one side, for answers on the other
   * @param plainSecrets whether secrets go to providers that ask over HTTP without TLS
   */
  public record Providers(
      Duration awayAfter, Duration introduceEvery, Duration mailPoll, boolean plainSecrets) {}

  /**
   * The default store of a coordinator that starts alone, where it is not in the data folder.
   *
   * @param events whether it gives its events as the embedded store does
   */
  public record StoreElsewhere(
      URI endpoint, Path accessKeyFile, Path secretKeyFile, boolean events) {}
}
