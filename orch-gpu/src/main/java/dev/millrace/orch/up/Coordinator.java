package dev.millrace.orch.up;

import dev.millrace.ledger.log.LogLedger;
import dev.millrace.orch.bundle.Bundler;
import dev.millrace.orch.channel.JournalChannel;
import dev.millrace.orch.config.MillraceConfig;
import dev.millrace.orch.desk.DeployedSecrets;
import dev.millrace.orch.desk.FrontDesk;
import dev.millrace.orch.desk.LocalDesk;
import dev.millrace.orch.desk.SecretDesk;
import dev.millrace.orch.dispatch.Dispatcher;
import dev.millrace.orch.dispatch.FleetBook;
import dev.millrace.orch.fleet.Attendance;
import dev.millrace.orch.fleet.MailRoom;
import dev.millrace.orch.fleet.ProviderTokens;
import dev.millrace.orch.fleet.RemoteProviders;
import dev.millrace.orch.flow.Flows;
import dev.millrace.orch.flow.Settings;
import dev.millrace.orch.intake.Admitter;
import dev.millrace.orch.intake.Catalog;
import dev.millrace.orch.intake.Intake;
import dev.millrace.orch.journal.Commit;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.ProviderRecord;
import dev.millrace.orch.journal.Transition;
import dev.millrace.orch.keys.DigestKeys;
import dev.millrace.orch.keys.KeyFiles;
import dev.millrace.orch.lease.LeaseWatch;
import dev.millrace.orch.live.LiveLogs;
import dev.millrace.orch.observe.Recorder;
import dev.millrace.orch.order.Orders;
import dev.millrace.orch.order.Places;
import dev.millrace.orch.plan.Policy;
import dev.millrace.orch.publish.Publisher;
import dev.millrace.orch.retention.Retention;
import dev.millrace.orch.secret.Vault;
import dev.millrace.orch.settle.Evidences;
import dev.millrace.orch.settle.OutboxFeeder;
import dev.millrace.orch.settle.ProviderKeys;
import dev.millrace.orch.settle.Settler;
import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.id.Ulids;
import dev.millrace.schema.ledger.Ledger;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.Stores;
import dev.millrace.schema.run.Order;
import dev.millrace.schema.run.OrderNotice;
import dev.millrace.schema.sign.SignedBytes;
import dev.millrace.schema.sign.SigningKey;
import dev.millrace.schema.sign.TrustedKeys;
import dev.millrace.schema.time.Ticker;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A coordinator on a data folder: its rooms wired, its loops running. */
public final class Coordinator implements AutoCloseable {
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final Journal journal;
  private final Ledger ledger;
  private final Recorder recorder;
  private final Catalog catalog;
  private final Intake intake;
  private final SigningKey key;
  private final SigningKey ledgerKey;
  private final Orders orders;
  private final Places places;
  private final Ground ground;
  private final Nature nature;
  private final ProviderKeys providerKeys;
  private final JournalChannel channel;
  private final LocalDesk desk;
  private final WaitingNotices waiting;
  private final Attendance attendance;
  private final Vault vault;
  private final RemoteProviders remotes;
  private final Rounds.Bells bells = new Rounds.Bells();
  private final Rounds rounds;
  private final Retention retention;

  /**
   * What a coordinator stands on.
   *
   * @param ordersStore where the intermediate bucket lies
   * @param announce is told of each staged order; only a hint
   * @param pools whose providers are all there is; none where providers come from elsewhere
   * @param bucketKeys makes keys for providers that come through the intermediate bucket
   */
  public record Ground(
      MillraceConfig config,
      DataFolder data,
      Stores stores,
      StoreId ordersStore,
      Consumer<OrderNotice> announce,
      List<PoolId> pools,
      RemoteProviders.BucketKeys bucketKeys) {
    /** With a provider of the configured pool in this process. */
    public Ground(
        MillraceConfig config,
        DataFolder data,
        Stores stores,
        StoreId ordersStore,
        Consumer<OrderNotice> announce) {
      this(
          config,
          data,
          stores,
          ordersStore,
          announce,
          List.of(config.provider().pool()),
          (provider, token) -> {
            throw new IOException("this coordinator gives no keys of its store");
          });
    }
  }

  /** Clocks and chance. */
  public record Nature(InstantSource clock, Ticker ticker, SecureRandom random) {
    /** The machine's own. */
    public static Nature real() {
      return new Nature(InstantSource.system(), Ticker.system(), new SecureRandom());
    }
  }

  private Coordinator(Ground ground, Nature nature) throws IOException {
    this.ground = ground;
    this.nature = nature;
    MillraceConfig config = ground.config();
    InstantSource clock = nature.clock();
    Settings settings = settings(config);
    KeyFiles keys = new KeyFiles(ground.data().file("keys"), nature.random());
    key = keys.signing("coordinator");
    ledgerKey = keys.signing("ledger");
    orders = new Orders(key);
    journal = keep(Journals.open(config, ground.data()));
    attendance = new Attendance(nature.ticker(), config.providers().awayAfter());
    ProviderTokens tokens = ProviderTokens.open(ground.data().file("providers.json"));
    providerKeys =
        new ProviderKeys(
            journal,
            (id, own) -> !attendance.inside(id) && tokens.withdrawn(id, own),
            nature.ticker());
    ledger =
        keep(
            LogLedger.open(
                new LogLedger.Settings(
                    ground.data().file("ledger"),
                    "millrace/" + config.tenant(),
                    ledgerKey,
                    provider -> Optional.of(providerKeys.ever(provider)))));
    recorder = new Recorder(journal);
    catalog = new Catalog(journal);
    intake = new Intake(catalog, journal, recorder, bells.admission());
    places = new Places(ground.ordersStore(), settings.ordersBucket());
    retention =
        new Retention(
            config.retention(),
            new Retention.Parts(journal, recorder, ground.stores(), places),
            clock,
            nature.ticker());
    SecretParts.Recorded recorded = new SecretParts.Recorded(journal, recorder);
    SecretParts secrets = SecretParts.open(ground, nature, recorded, attendance, tokens);
    vault = secrets.vault();
    Settler settler =
        new Settler(
            journal,
            recorder,
            providerKeys,
            new Evidences(providerKeys, orders::kept),
            settings.lossesMax(),
            clock);
    channel =
        new JournalChannel(
            new JournalChannel.Parts(
                journal,
                recorder,
                orders,
                ground.stores(),
                places,
                new DigestKeys(keys.secret("digests")),
                secrets.delivery(),
                settler,
                new LiveLogs(nature.ticker(), nature.random())),
            settings.stopGrace(),
            clock);
    Flows flows =
        keep(
            new Flows(
                new Flows.Parts(
                    journal,
                    recorder,
                    ground.stores(),
                    places,
                    settler,
                    new Publisher(ground.stores(), places, clock),
                    new Bundler(ground.stores(), places, ground.data().file("bundles")),
                    orders),
                config.orders().announce() ? ground.announce() : notice -> {},
                settings,
                clock));
    remotes =
        RemoteDoors.open(
            ground,
            nature,
            new RemoteDoors.Parts(
                journal,
                recorder,
                orders,
                places,
                key,
                tokens,
                providerKeys,
                attendance,
                channel,
                secrets.delivery(),
                bells.dispatch()::ring,
                ledgerKey.id()));
    keep(remotes.board());
    FleetBook fleet = AfterRestore.fleet(journal, ground, attendance, clock);
    Dispatcher dispatcher =
        keep(
            new Dispatcher(
                new Dispatcher.Parts(
                    journal, recorder, catalog, fleet, orders, flows, secrets.delivery()),
                settings,
                Policy.defaults(),
                clock,
                nature.ticker()));
    Admitter admitter =
        keep(
            new Admitter(
                new Admitter.Parts(catalog, journal, recorder, ground.stores()),
                new Ulids(clock, nature.random()),
                clock,
                nature.ticker()));
    LeaseWatch leases =
        new LeaseWatch(journal, recorder, settler, settings.stopGrace(), nature.ticker(), clock);
    OutboxFeeder feeder = new OutboxFeeder(journal, recorder, ledger, ledgerKey.id());
    waiting = new WaitingNotices(journal, admitter::away);
    rounds =
        keep(
            new Rounds(
                new Rounds.Workers(admitter, dispatcher, leases, feeder, flows, retention), bells));
    desk =
        new LocalDesk(
            new LocalDesk.Parts(
                journal,
                recorder,
                catalog,
                fleet,
                dispatcher,
                ground.stores(),
                places,
                ledger,
                channel.live(),
                new DeployedSecrets(vault, config.providers().plainSecrets()),
                config.provider().processAllow(),
                ground.data().file("scratch")),
            clock);
    ground.stores().get(ground.ordersStore()).ensureBucket(settings.ordersBucket());
  }

  private <T extends AutoCloseable> T keep(T part) {
    opened.push(part);
    return part;
  }

  private static Settings settings(MillraceConfig config) {
    MillraceConfig.Patience patience = config.patience();
    return new Settings(
        config.orders().bucket(),
        patience.leaseDuration(),
        patience.claimWithin(),
        patience.manifestPoll(),
        patience.stopGrace(),
        patience.lossesMax(),
        config.logMaxBytes(),
        config.orders().stage());
  }

  /**
   * Opens everything and goes on with every job that was underway. Nothing is placed before {@link
   * #run()}.
   */
  public static Coordinator open(Ground ground, Nature nature) throws IOException {
    return new Coordinator(ground, nature);
  }

  /** Starts the loops. */
  public void run() {
    rounds.start(recorder);
  }

  /** The provider of this process introduces itself. */
  public void register(ProviderRecord provider) throws IOException {
    Commit commit = recorder.commit(new Transition.RegisterProvider(provider, ledgerKey.id()));
    if (commit instanceof Commit.Conflict(String reason)) {
      throw new IOException("provider " + provider.id() + " was not taken: " + reason);
    }
    providerKeys.forget(provider.id());
    attendance.stays(provider.id());
    bells.dispatch().ring();
  }

  /** Where notices go. */
  public Intake intake() {
    return intake;
  }

  /** What functions read from. */
  public Catalog catalog() {
    return catalog;
  }

  /** What a provider of this process need not ask for. */
  Inside inside() {
    return new Inside() {
      @Override
      public Optional<Order> order(SignedBytes signed) {
        return orders.remembered(signed);
      }

      @Override
      public void signed(ProviderId by, SignedBytes bytes) {
        providerKeys.of(by).signedHere(bytes);
      }
    };
  }

  /** What runs ask. */
  public JournalChannel channel() {
    return channel;
  }

  /** What providers elsewhere ask. */
  public RemoteProviders remotes() {
    return remotes;
  }

  /**
   * Opens the room for what providers ask through the intermediate bucket; the caller closes it.
   *
   * @param runs what they ask of the run channel
   */
  MailRoom mailRoom(MailRoom.Runs runs) {
    return new MailRoom(
        new MailRoom.Parts(remotes, ground.stores(), places, key, runs, nature.ticker()));
  }

  /** What is asked about secrets. */
  public SecretDesk secrets() {
    return new SecretDesk(
        vault, catalog, bells.dispatch()::ring, ground.config().providers().plainSecrets());
  }

  /** What is removed after a while. */
  public Retention retention() {
    return retention;
  }

  /** Why secrets cannot be opened; empty where they can. */
  public Optional<String> secretTrouble() {
    return vault.trouble();
  }

  /** What people ask. */
  public FrontDesk desk() {
    return desk;
  }

  /** Which stores keep notices waiting. */
  WaitingNotices waiting() {
    return waiting;
  }

  /** The journal, for checkpoints of sources. */
  public Journal journal() {
    return journal;
  }

  /** Whose orders a provider believes. */
  public TrustedKeys trusted() {
    return orders.trusted();
  }

  @Override
  public void close() {
    Closing.all(opened);
  }
}
