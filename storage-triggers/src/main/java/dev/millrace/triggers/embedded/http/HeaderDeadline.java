package dev.millrace.triggers.embedded.http;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.internal.HttpConnection;

/**
 * Closes connections that are outside of a request for too long: those that send the head of a
 * request, or their TLS handshake, one byte now and then. A connection that sends nothing at all is
 * closed earlier, as idle.
 */
final class HeaderDeadline implements Connection.Listener, AutoCloseable {
  private static final int SWEEPS_IN_A_DEADLINE = 4;

  private final Map<Connection, Long> waitingSince = new ConcurrentHashMap<>();
  private final Duration within;
  private final LongSupplier nanoTime;
  private final ScheduledExecutorService sweeps =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("store-deadline").factory());

  HeaderDeadline(Duration within, LongSupplier nanoTime) {
    this.within = within;
    this.nanoTime = nanoTime;
  }

  /** Begins to look at the connections by itself. */
  void start() {
    long pause = Math.max(1, within.toMillis() / SWEEPS_IN_A_DEADLINE);
    sweeps.scheduleWithFixedDelay(this::sweep, pause, pause, TimeUnit.MILLISECONDS);
  }

  @Override
  public void onOpened(Connection connection) {
    if (connection instanceof HttpConnection) {
      waitingSince.put(connection, nanoTime.getAsLong());
    }
  }

  @Override
  public void onClosed(Connection connection) {
    waitingSince.remove(connection);
  }

  /** The head of a request has come. */
  void requestBegins(Connection connection) {
    waitingSince.remove(connection);
  }

  /** The request is over; the connection may bring another. */
  void requestEnds(Connection connection) {
    if (connection.getEndPoint().isOpen()) {
      waitingSince.put(connection, nanoTime.getAsLong());
    }
  }

  private void sweep() {
    long now = nanoTime.getAsLong();
    waitingSince.forEach((connection, since) -> {
      if (now - since > within.toNanos()) {
        waitingSince.remove(connection);
        connection.getEndPoint().close();
      }
    });
  }

  @Override
  public void close() {
    sweeps.shutdownNow();
  }
}
