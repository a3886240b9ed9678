package dev.millrace.orch.up;

import dev.millrace.orch.api.ApiConfig;
import dev.millrace.orch.api.ApiServer;
import dev.millrace.orch.api.FileTokens;
import dev.millrace.orch.api.KeptAnswers;
import dev.millrace.orch.api.NoticeLimits;
import dev.millrace.orch.api.Role;
import dev.millrace.orch.api.RunRoutes;
import dev.millrace.orch.api.TokenBook;
import dev.millrace.orch.api.TokenFile;
import dev.millrace.orch.api.TokenShelf;
import dev.millrace.orch.api.Tokens;
import dev.millrace.orch.backup.Backup;
import dev.millrace.orch.client.CoordinatorFile;
import dev.millrace.orch.config.MillraceConfig;
import dev.millrace.orch.fleet.MailRoom;
import dev.millrace.orch.fleet.RemoteProviders;
import dev.millrace.orch.keys.KeyFiles;
import dev.millrace.orch.observe.Bell;
import dev.millrace.orch.observe.Loop;
import dev.millrace.orch.secret.Carrier;
import dev.millrace.runtime.channel.RunChannelWire;
import dev.millrace.runtime.channel.Wire;
import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.json.MalformedJson;
import dev.millrace.schema.object.ObjectStore;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.run.Mail;
import dev.millrace.schema.run.OrderNotice;
import dev.millrace.schema.run.RunChannel;
import dev.millrace.triggers.embedded.names.Outbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A coordinator with its API and its sources of events; the store may lie anywhere. */
final class CoordinatorPart implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CoordinatorPart.class);

  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final List<Consumer<OrderNotice>> listeners = new CopyOnWriteArrayList<>();
  private final Around around;
  private final Coordinator.Nature nature;
  private final ConfiguredStores stores;
  private final Coordinator coordinator;
  private final MailRoom mail;
  private final ApiServer api;

  /**
   * What it stands on.
   *
   * @param events of the default store; empty where it gives none, and listing finds its objects
   * @param pools whose providers are all there is
   */
  record Around(
      MillraceConfig config,
      DataFolder data,
      StoreAccess store,
      Optional<Outbox> events,
      List<PoolId> pools,
      String version) {}

  CoordinatorPart(Around around, Coordinator.Nature nature) throws IOException {
    this.around = around;
    this.nature = nature;
    MillraceConfig config = around.config();
    Backup.clear(around.data().root());
    try {
      stores = keep(new ConfiguredStores(config, around.store()));
      coordinator =
          keep(
              Coordinator.open(
                  new Coordinator.Ground(
                      config,
                      around.data(),
                      stores,
                      StoreId.EMBEDDED,
                      notice -> listeners.forEach(l -> l.accept(notice)),
                      around.pools(),
                      new BucketKeyring(around, this::mail)),
                  nature));
      mail =
          keep(
              coordinator.mailRoom((who, operation, body) ->
                  answer(coordinator.remotes().channelOf(who, Carrier.BUCKET), operation, body)));
      listeners.add(this::post);
      Webhooks webhooks =
          keep(
              Webhooks.open(
                  config.stores(),
                  new Webhooks.Ground(
                      around.data().root(), coordinator.catalog(), coordinator.intake()),
                  nature.clock(),
                  nature.random()));
      api = keep(api(config, webhooks));
      // Before the API stops, whoever waits for orders or for readers is let go.
      opened.push(coordinator.remotes().board());
      opened.push(coordinator.channel().live());
    } catch (IOException | RuntimeException e) {
      Closing.all(opened);
      throw e;
    }
  }

  private <T extends AutoCloseable> T keep(T part) {
    opened.push(part);
    return part;
  }

  private MailRoom mail() {
    return mail;
  }

  /** Orders that providers elsewhere are to ask for. */
  private void post(OrderNotice notice) {
    RemoteProviders remotes = coordinator.remotes();
    try {
      if (Mail.is(notice.key())) {
        mail.tell(notice.key());
      } else if (remotes.tokens().any()) {
        remotes.board().tell(notice);
      }
    } catch (IOException | IllegalArgumentException e) {
      // Whatever the key is, the events behind this one are not held up.
      LOG.warn("word of order {} is not passed on: {}", notice.key(), e.getMessage());
    }
  }

  private ApiServer api(MillraceConfig config, Webhooks webhooks) throws IOException {
    String token = TokenFile.readOrMake(around.data().root(), nature.random());
    ApiConfig defaults = ApiConfig.loopback(config.api().port(), around.version());
    RemoteProviders remotes = coordinator.remotes();
    TokenBook book = new TokenBook(shelf(), nature.clock(), nature.random());
    KeptAnswers answers =
        KeptAnswers.open(
            around.data().file("answers"),
            new KeyFiles(around.data().file("keys"), nature.random()).secret("answers"),
            nature.clock());
    Tokens tokens =
        Tokens.admin(token, config.tenant())
            .and(presented ->
                remotes
                    .tokens()
                    .holder(presented)
                    .map(p -> new Tokens.Principal(config.tenant(), Role.PROVIDER, p)))
            // Last: it may ask a database.
            .and(book::holder);
    try {
      return ApiServer.start(
          new ApiConfig(
              config.api().host(),
              config.api().port(),
              defaults.maxJsonBytes(),
              defaults.maxFileBytes(),
              defaults.eventQueue(),
              defaults.heartbeat(),
              around.version()),
          coordinator.desk(),
          tokens,
          new ApiServer.Mounted(
              Optional.of(runs(remotes)),
              Optional.of(remotes),
              List.of(webhooks.route(), coordinator.waiting().route()),
              Optional.of(new ApiServer.Notices(webhooks.door(), NoticeLimits.DEFAULT)),
              Optional.of(coordinator.secrets()),
              Optional.of(coordinator.retention()),
              new ApiServer.Kept(Optional.of(book), Optional.of(answers), nature.random())));
    } catch (UncheckedIOException e) {
      throw StorePart.inUse("API", config.api(), "--port", e);
    }
  }

  /** In the journal where several coordinators share it, else in the data folder. */
  private TokenShelf shelf() throws IOException {
    Path file = around.data().file("tokens.json");
    if (around.config().postgres() == null) {
      return FileTokens.open(file);
    }
    JournalTokens tokens = new JournalTokens(coordinator.journal(), nature.ticker());
    tokens.takeOver(file, nature.clock().instant());
    return tokens;
  }

  /** What runs ask over HTTP: each provider for its own, an administrator for any. */
  static RunRoutes runs(RemoteProviders remotes) {
    return (who, operation, body) -> {
      ProviderId provider = who.principal().provider();
      if (provider == null) {
        if (who.principal().role() != Role.ADMIN) {
          throw new MalformedJson("this token is no provider's");
        }
        return answer(remotes.channel().over(who.carrier()), operation, body);
      }
      remotes.heard(provider, who.carrier());
      return answer(remotes.channelOf(provider, who.carrier()), operation, body);
    };
  }

  private static byte[] answer(RunChannel channel, String operation, byte[] body)
      throws IOException {
    RunChannelWire.Answer answer = RunChannelWire.serve(channel, "/v1/runs/" + operation, body);
    if (answer.status() == 200) {
      return answer.body();
    }
    String text = Json.read(answer.body(), Wire.Problem.class).message();
    throw answer.status() < 500 ? new MalformedJson(text) : new IOException(text);
  }

  /** A provider in this process is told of orders. */
  void hear(Consumer<OrderNotice> orders) {
    listeners.add(orders);
  }

  /** Starts the loops and the sources of events, and says where it is found. */
  void run() throws IOException {
    MillraceConfig config = around.config();
    coordinator.run();
    Triggers triggers =
        keep(
            new Triggers(
                new Triggers.Funnel(stores, coordinator.catalog(), coordinator.intake()),
                nature.clock(),
                nature.ticker()));
    Consumer<OrderNotice> orders =
        config.orders().events() ? n -> listeners.forEach(l -> l.accept(n)) : n -> {};
    around
        .events()
        .ifPresent(outbox -> triggers.readOutbox(outbox, config.orders().bucket(), orders));
    triggers.sweep(config.listingInterval());
    keep(
        Listening.start(
            config.stores(), coordinator.catalog(), coordinator.intake(), nature.clock()));
    Bell never = new Bell();
    keep(
        Loop.start(
            "mail",
            () -> {
              mail.look();
              never.await(config.providers().mailPoll());
            }));
    coordinator
        .secretTrouble()
        .ifPresent(trouble ->
            LOG.warn("functions that want secrets are held back, others run: {}", trouble));
    new CoordinatorFile(api.endpoint().toString(), ProcessHandle.current().pid(), around.version())
        .write(around.data().root());
    opened.push(() -> CoordinatorFile.remove(around.data().root()));
  }

  /** The coordinator itself. */
  Coordinator coordinator() {
    return coordinator;
  }

  /** What the API answers to. */
  List<ApiServer.Route> routes() {
    return api.routes();
  }

  /** Where the API answers. */
  URI endpoint() {
    return api.endpoint();
  }

  /** The default store. */
  ObjectStore store() throws IOException {
    return stores.get(StoreId.EMBEDDED);
  }

  @Override
  public void close() {
    Closing.all(opened);
  }
}
