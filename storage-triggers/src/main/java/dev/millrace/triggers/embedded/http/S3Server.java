package dev.millrace.triggers.embedded.http;

import dev.millrace.schema.time.Bounded;
import dev.millrace.triggers.embedded.signature.Authorizer;
import dev.millrace.triggers.embedded.signature.SignatureVerifier;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** The HTTP server of the store: a Jetty of its own, requests on virtual threads. */
public final class S3Server implements AutoCloseable {
  /** The address of this machine for itself. */
  public static final String LOOPBACK = "127.0.0.1";

  /** That the system keeps until they are accepted; who comes above it tries again later. */
  private static final int WAITING_CONNECTIONS = 1024;

  private static final Duration STOP = Duration.ofSeconds(10);

  private static final int HEADERS_MAX_BYTES = 32 << 10;

  private final Server server;
  private final Listeners listeners;
  private final Optional<ShownCertificate> certificate;
  private final HeaderDeadline deadline;

  private S3Server(
      Server server,
      Listeners listeners,
      Optional<ShownCertificate> certificate,
      HeaderDeadline deadline) {
    this.deadline = deadline;
    this.server = server;
    this.listeners = listeners;
    this.certificate = certificate;
  }

  /**
   * Where and how to serve.
   *
   * @param port 0 for any free one
   * @param requestsMax requests at once; more are told to slow down
   * @param idleTimeout how long a connection may be silent, in the middle of a body too
   * @param objectMaxBytes the largest body of one PUT or part
   * @param partMinBytes the smallest part of an upload but the last
   * @param domain under which hosts are buckets; empty for path style alone
   */
  public record Settings(
      String host,
      int port,
      String region,
      int requestsMax,
      Duration idleTimeout,
      long objectMaxBytes,
      long partMinBytes,
      Optional<Tls> tls,
      Pace pace,
      Optional<String> domain,
      Clocks clocks) {}

  /**
   * The time.
   *
   * @param wall by which a certificate has ended
   * @param nanoTime by which waiting is measured
   */
  public record Clocks(InstantSource wall, LongSupplier nanoTime) {}

  /**
   * How slow a client may be.
   *
   * @param connectionsMax connections at once; more wait outside
   * @param headersWithin how long a connection may take to the end of a request's head
   * @param bodyMinBytes what of a body comes at least in each window of waiting for it
   */
  public record Pace(
      int connectionsMax, Duration headersWithin, long bodyMinBytes, Duration bodyWindow) {}

  /**
   * Serving by TLS, and beside it in plain on this machine alone.
   *
   * @param certificate the chain in PEM, the server's own first
   * @param plainPort of the listener on the loopback address; 0 for any free one
   * @param reloadInterval how often the files are looked at for a change
   */
  public record Tls(Path certificate, Path key, int plainPort, Duration reloadInterval) {}

  /** Starts to serve. */
  public static S3Server start(
      Settings settings,
      Catalog catalog,
      SignatureVerifier verifier,
      Authorizer authorizer,
      Supplier<String> requestIds)
      throws IOException {
    QueuedThreadPool threads = new QueuedThreadPool(16, 4);
    threads.setName("store-http");
    threads.setDaemon(true);
    threads.setVirtualThreadsExecutor(
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("store-", 0).factory()));
    Server server = new Server(threads);
    Optional<ShownCertificate> certificate = Optional.empty();
    if (settings.tls().isPresent()) {
      certificate =
          Optional.of(ShownCertificate.open(settings.tls().get(), settings.clocks().wall()));
    }
    Listeners listeners = listeners(server, settings, certificate);
    HeaderDeadline deadline =
        new HeaderDeadline(settings.pace().headersWithin(), settings.clocks().nanoTime());
    for (Connector connector : server.getConnectors()) {
      connector.addBean(deadline);
    }
    server.addBean(new NetworkConnectionLimit(settings.pace().connectionsMax(), server));
    Routes routes =
        new Routes(
            catalog,
            settings.region(),
            new Routes.Limits(settings.objectMaxBytes(), settings.partMinBytes()));
    server.setHandler(new S3Handler(verifier, authorizer, routes, requestIds, settings, deadline));
    deadline.start();
    try {
      server.start();
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      // Jetty declares no narrower one.
      throw new IOException("The store's HTTP server did not start", e);
    }
    return new S3Server(server, listeners, certificate, deadline);
  }

  /**
   * What is listened on; without TLS both are the same.
   *
   * @param open for everyone
   * @param local for this machine
   */
  private record Listeners(ServerConnector open, ServerConnector local) {}

  private static Listeners listeners(
      Server server, Settings settings, Optional<ShownCertificate> certificate) {
    if (certificate.isEmpty()) {
      ServerConnector plain = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http()));
      listen(server, plain, settings, settings.host(), settings.port());
      return new Listeners(plain, plain);
    }
    ServerConnector secure =
        new ServerConnector(
            server,
            1,
            1,
            new SslConnectionFactory(certificate.get().factory(), "http/1.1"),
            new HttpConnectionFactory(http()));
    listen(server, secure, settings, settings.host(), settings.port());
    ServerConnector plain = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http()));
    listen(server, plain, settings, LOOPBACK, settings.tls().orElseThrow().plainPort());
    return new Listeners(secure, plain);
  }

  private static void listen(
      Server server, ServerConnector connector, Settings settings, String host, int port) {
    connector.setHost(host);
    connector.setPort(port);
    connector.setIdleTimeout(settings.idleTimeout().toMillis());
    connector.setAcceptQueueSize(WAITING_CONNECTIONS);
    server.addConnector(connector);
  }

  private static HttpConfiguration http() {
    HttpConfiguration http = new HttpConfiguration();
    http.setUriCompliance(UriCompliance.UNSAFE);
    http.setRequestHeaderSize(HEADERS_MAX_BYTES);
    http.setResponseHeaderSize(HEADERS_MAX_BYTES);
    http.setHeaderCacheCaseSensitive(true);
    // A connection's next request has another signature and another time: nothing is met again.
    http.setHeaderCacheSize(0);
    http.setSendServerVersion(false);
    http.setSendDateHeader(true);
    return http;
  }

  /** The port that is served. */
  public int port() {
    return listeners.open().getLocalPort();
  }

  /** The port that is served in plain on this machine: the same one without TLS. */
  public int localPort() {
    return listeners.local().getLocalPort();
  }

  @Override
  public void close() throws IOException {
    certificate.ifPresent(ShownCertificate::close);
    deadline.close();
    try {
      // A connection that is cut while it sends can hold up Jetty's stop for ever.
      if (!Bounded.done("store-stop", STOP, this::stopped)) {
        throw new IOException(
            "The store's HTTP server did not stop within " + STOP.toSeconds() + " s");
      }
    } catch (ExecutionException e) {
      throw new IOException("The store's HTTP server did not stop cleanly", e.getCause());
    }
  }

  private S3Server stopped() throws Exception {
    server.stop();
    return this;
  }
}
