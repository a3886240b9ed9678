package dev.millrace.orch.api;

import dev.millrace.orch.api.view.Health;
import dev.millrace.orch.desk.FrontDesk;
import dev.millrace.orch.desk.SecretDesk;
import dev.millrace.orch.fleet.RemoteProviders;
import dev.millrace.orch.retention.RetentionDesk;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.object.NoticeDoor;
import dev.millrace.schema.time.Bounded;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.HandlerType;
import io.javalin.router.Endpoint;
import io.javalin.security.Roles;
import io.javalin.util.JavalinBindException;
import io.javalin.util.JavalinLogger;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.component.LifeCycle;
import org.jspecify.annotations.Nullable;

/** Serves the HTTP API until it is closed. */
public final class ApiServer implements AutoCloseable {
  private static final Set<String> RUN_OPERATIONS =
      Set.of("claim", "url", "renew", "settle", "followed", "printed");

  private final ApiConfig config;
  private final Tokens tokens;
  private final FrontDesk desk;
  private final Optional<RunRoutes> runs;
  private final Optional<RemoteProviders> providers;
  private final List<ExtraRoute> extra;
  private final Optional<Notices> notices;
  private final Optional<SecretDesk> secrets;
  private final Optional<RetentionDesk> retention;
  private final Kept kept;
  private final RequestIds ids;
  private final EventFeed events;
  private final Verifications verifications;
  private final Map<String, List<String>> queries = new HashMap<>();

  /**
   * Connections that the system keeps until they are accepted. Of as many senders as begin at the
   * same moment, those above it hear nothing, and try again after a second.
   */
  private static final int WAITING_CONNECTIONS = 1024;

  private static final Duration STOP = Duration.ofSeconds(10);

  private final Javalin javalin;

  private ApiServer(ApiConfig config, Tokens tokens, FrontDesk desk, Mounted mounted) {
    this.config = config;
    this.tokens = tokens;
    this.desk = desk;
    this.runs = mounted.runs();
    this.providers = mounted.providers();
    this.extra = mounted.extra();
    this.notices = mounted.notices();
    this.secrets = mounted.secrets();
    this.retention = mounted.retention();
    this.kept = mounted.kept();
    this.ids = new RequestIds(kept.random());
    this.events = new EventFeed(desk, config, ids.of(null));
    this.verifications = new Verifications(desk::ledger);
    this.javalin = Javalin.create(this::configure);
  }

  /** Where stores knock, and what that may cost. */
  public record Notices(NoticeDoor door, NoticeLimits limits) {}

  /**
   * What the API remembers, and what it names requests by.
   *
   * @param tokens that administrators give out here; empty when none may
   * @param answers to requests that may be repeated; empty when none are kept
   * @param random need not be unpredictable
   */
  public record Kept(
      Optional<TokenBook> tokens, Optional<KeptAnswers> answers, RandomGenerator random) {
    /** Nothing. */
    static final Kept NOTHING =
        new Kept(Optional.empty(), Optional.empty(), RandomGenerator.getDefault());
  }

  /**
   * What other parts of the coordinator serve here.
   *
   * @param runs answers {@code POST /v1/runs/...}; empty when no provider asks over HTTP
   * @param providers takes providers in; empty when none may come
   * @param notices takes {@code POST /v1/notices/...}; empty when no store tells of objects here
   * @param secrets of functions; empty where none can be kept
   * @param retention what is removed after a while; empty where nothing is
   * @param kept what the API remembers
   */
  public record Mounted(
      Optional<RunRoutes> runs,
      Optional<RemoteProviders> providers,
      List<ExtraRoute> extra,
      Optional<Notices> notices,
      Optional<SecretDesk> secrets,
      Optional<RetentionDesk> retention,
      Kept kept) {
    /** Nothing. */
    public static final Mounted NOTHING = new Mounted(Optional.empty(), List.of());

    /** With neither providers that come over HTTP nor notices. */
    public Mounted(Optional<RunRoutes> runs, List<ExtraRoute> extra) {
      this(runs, Optional.empty(), extra, Optional.empty());
    }

    /** With nothing that is remembered. */
    public Mounted(
        Optional<RunRoutes> runs,
        Optional<RemoteProviders> providers,
        List<ExtraRoute> extra,
        Optional<Notices> notices) {
      this(runs, providers, extra, notices, Kept.NOTHING);
    }

    /** With nothing that is removed. */
    public Mounted(
        Optional<RunRoutes> runs,
        Optional<RemoteProviders> providers,
        List<ExtraRoute> extra,
        Optional<Notices> notices,
        Optional<SecretDesk> secrets,
        Kept kept) {
      this(runs, providers, extra, notices, secrets, Optional.empty(), kept);
    }

    /** With no place for secrets. */
    public Mounted(
        Optional<RunRoutes> runs,
        Optional<RemoteProviders> providers,
        List<ExtraRoute> extra,
        Optional<Notices> notices,
        Kept kept) {
      this(runs, providers, extra, notices, Optional.empty(), kept);
    }

    public Mounted {
      extra = List.copyOf(extra);
    }
  }

  /**
   * Listens and answers when this returns.
   *
   * @throws UncheckedIOException when its port is not free
   */
  public static ApiServer start(ApiConfig config, FrontDesk desk, Tokens tokens, Mounted mounted) {
    ApiServer server = new ApiServer(config, tokens, desk, mounted);
    // Javalin logs the whole stack of a failed start, which is the caller's to tell.
    JavalinLogger.enabled = false;
    try {
      server.javalin.start(config.host(), config.port());
    } catch (JavalinBindException e) {
      throw new UncheckedIOException(new BindException(String.valueOf(e.getMessage())));
    } finally {
      JavalinLogger.enabled = true;
    }
    return server;
  }

  /** Where it listens. */
  public URI endpoint() {
    String host = config.host().contains(":") ? "[" + config.host() + "]" : config.host();
    return URI.create("http://" + host + ":" + javalin.port());
  }

  /**
   * A route.
   *
   * @param path with {@code {name}} for what varies
   * @param roles whose tokens may use it; empty for one that is open to all
   * @param query what may stand in its query; all else is refused
   */
  public record Route(String method, String path, Set<Role> roles, List<String> query) {
    public Route {
      roles = Set.copyOf(roles);
      query = List.copyOf(query);
    }
  }

  /** The routes that the server really has; HEAD, which goes with each GET, is not told. */
  public List<Route> routes() {
    return javalin.unsafe.internalRouter.allHttpHandlers().stream()
        .map(parsed -> parsed.endpoint)
        .filter(endpoint -> endpoint.method.isHttpMethod())
        .filter(endpoint -> !endpoint.method.equals(HandlerType.HEAD))
        .map(this::route)
        .toList();
  }

  private Route route(Endpoint endpoint) {
    String method = endpoint.method.toString();
    return new Route(
        method,
        endpoint.path,
        roles(endpoint),
        queries.getOrDefault(method + " " + endpoint.path, List.of()));
  }

  private static Set<Role> roles(Endpoint endpoint) {
    Roles needs = endpoint.metadata(Roles.class);
    if (needs == null || needs.getRoles().contains(Router.Need.NOTHING)) {
      return Set.of();
    }
    return Arrays.stream(Role.values())
        .filter(role -> needs.getRoles().stream().allMatch(need -> ((Router.Need) need).fits(role)))
        .collect(Collectors.toSet());
  }

  /** How many clients listen to events now. */
  public int listeners() {
    return events.listeners();
  }

  private void configure(JavalinConfig javalinConfig) {
    javalinConfig.startup.showJavalinBanner = false;
    javalinConfig.startup.showOldJavalinVersionWarning = false;
    javalinConfig.startup.startupWatcherEnabled = false;
    javalinConfig.concurrency.useVirtualThreads = true;
    javalinConfig.http.maxRequestSize = config.maxJsonBytes();
    javalinConfig.http.prefer405over404 = true;
    javalinConfig.http.generateEtags = false;
    javalinConfig.routes.before(context -> {
      context.header(RequestIds.HEADER, ids.of(context.header(RequestIds.HEADER)));
      context.header("Cache-Control", "no-store");
      context.header("X-Content-Type-Options", "nosniff");
    });
    javalinConfig.jetty.modifyServer(this::guard);
    javalinConfig.jetty.modifyHttpConfiguration(http -> {
      http.setSendServerVersion(false);
      http.setMinRequestDataRate(config.limits().bytesPerSecond());
    });
    Problems.add(javalinConfig.routes);
    addRoutes(new Router(javalinConfig.routes, tokens, config.maxJsonBytes(), queries));
  }

  private void guard(Server server) {
    server.setErrorHandler(new ServerErrors(ids));
    server.addBean(new NetworkConnectionLimit(config.limits().connections(), server));
    server.addEventListener(
        new LifeCycle.Listener() {
          @Override
          public void lifeCycleStarting(LifeCycle starting) {
            for (Connector connector : server.getConnectors()) {
              if (connector instanceof ServerConnector listening) {
                listening.setAcceptQueueSize(WAITING_CONNECTIONS);
              }
              connector.addEventListener(
                  new HeadWatch(connector.getScheduler(), config.limits().headTime()));
            }
          }
        });
    notices.ifPresent(served -> {
      Handler first = new NoticeHandler(served.door(), served.limits(), ids);
      server.setHandler(new Handler.Sequence(first));
    });
  }

  private void addRoutes(Router router) {
    Health health = new Health(config.version(), true);
    router.get("/v1/health", Router.Need.NOTHING, exchange -> exchange.answer(200, health));
    new DocumentRoutes().add(router);
    Idempotency idempotency = new Idempotency(kept.answers());
    new FunctionRoutes(desk, secrets, idempotency, config.maxFileBytes()).add(router);
    new ObjectRoutes(desk, idempotency).add(router);
    new JobRoutes(desk).add(router);
    new LedgerRoutes(desk, verifications).add(router);
    events.add(router);
    kept.tokens().ifPresent(book -> new TokenRoutes(book).add(router));
    secrets.ifPresent(served -> new SecretRoutes(served).add(router));
    retention.ifPresent(served -> new RetentionRoutes(served).add(router));
    notices.ifPresent(served ->
        router.post(NoticeHandler.ROUTE, Router.Need.NOTHING, NoticeHandler::notHere, "token"));
    runs.ifPresent(routes -> addRuns(router, routes));
    providers.ifPresent(remote -> new ProviderRoutes(remote).add(router));
    extra.forEach(route -> Extras.add(router, route));
  }

  private void addRuns(Router router, RunRoutes routes) {
    for (String operation : RUN_OPERATIONS) {
      router.post(
          "/v1/runs/" + operation,
          Router.Need.RUN,
          exchange -> {
            Tokens.Principal who = exchange.holder().orElseThrow();
            byte[] body = runBody(exchange, who.provider());
            byte[] answer =
                routes.call(new RunRoutes.Caller(who, exchange.carrier()), operation, body);
            exchange.send(200, "application/json", answer);
          });
    }
  }

  /** A provider's token is not enough: its key must have signed the call. */
  private byte[] runBody(Exchange exchange, @Nullable ProviderId provider) throws IOException {
    if (provider == null) {
      return exchange.body();
    }
    RemoteProviders remote =
        providers.orElseThrow(() ->
            Refusal.of(
                403,
                "Forbidden",
                "no provider may come over HTTP here",
                "ask the coordinator that made the join file"));
    return new ProvenCalls(remote.proofs()).body(exchange, provider);
  }

  @Override
  public void close() {
    events.close();
    verifications.close();
    try {
      // A connection that is cut while it sends can hold up Jetty's stop for ever.
      if (!Bounded.done("api-stop", STOP, javalin::stop)) {
        throw new IllegalStateException(
            "its server did not stop within " + STOP.toSeconds() + " s");
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("its server did not stop cleanly", e.getCause());
    }
  }
}
