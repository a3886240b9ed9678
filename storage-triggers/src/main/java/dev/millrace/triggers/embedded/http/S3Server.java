package dev.millrace.triggers.embedded.http;

import dev.millrace.triggers.embedded.signature.Authorizer;
import dev.millrace.triggers.embedded.signature.SignatureVerifier;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** The HTTP server of the store: a Jetty of its own, requests on virtual threads. */
public final class S3Server implements AutoCloseable {
  private static final int HEADERS_MAX_BYTES = 32 << 10;

  private final Server server;
  private final ServerConnector connector;

  private S3Server(Server server, ServerConnector connector) {
    this.server = server;
    this.connector = connector;
  }

  /**
   * Where and how to serve.
   *
   * @param port 0 for any free one
   * @param requestsMax requests at once; more are told to slow down
   * @param idleTimeout how long a connection may be silent, in the middle of a body too
   * @param objectMaxBytes the largest body of one PUT or part
   * @param partMinBytes the smallest part of an upload but the last
   */
  public record Settings(
      String host,
      int port,
      String region,
      int requestsMax,
      Duration idleTimeout,
      long objectMaxBytes,
      long partMinBytes) {}

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
    ServerConnector connector =
        new ServerConnector(server, 1, 1, new HttpConnectionFactory(http()));
    connector.setHost(settings.host());
    connector.setPort(settings.port());
    connector.setIdleTimeout(settings.idleTimeout().toMillis());
    server.addConnector(connector);
    Routes routes =
        new Routes(
            catalog,
            settings.region(),
            new Routes.Limits(settings.objectMaxBytes(), settings.partMinBytes()));
    server.setHandler(
        new S3Handler(verifier, authorizer, routes, requestIds, settings.requestsMax()));
    try {
      server.start();
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      // Jetty declares no narrower one.
      throw new IOException("The store's HTTP server did not start", e);
    }
    return new S3Server(server, connector);
  }

  private static HttpConfiguration http() {
    HttpConfiguration http = new HttpConfiguration();
    http.setUriCompliance(UriCompliance.UNSAFE);
    http.setRequestHeaderSize(HEADERS_MAX_BYTES);
    http.setResponseHeaderSize(HEADERS_MAX_BYTES);
    http.setHeaderCacheCaseSensitive(true);
    http.setSendServerVersion(false);
    http.setSendDateHeader(true);
    return http;
  }

  /** The port that is served. */
  public int port() {
    return connector.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    try {
      server.stop();
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      // Jetty declares no narrower one.
      throw new IOException("The store's HTTP server did not stop cleanly", e);
    }
  }
}
