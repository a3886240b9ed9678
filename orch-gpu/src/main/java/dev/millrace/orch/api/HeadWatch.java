package dev.millrace.orch.api;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Closes connections whose next request's head does not come whole in time. A sender that drips a
 * byte now and then is never idle, and no other limit ends it.
 */
final class HeadWatch implements Connection.Listener {
  private final Scheduler scheduler;
  private final Duration time;

  /**
   * @param time what one head may take; at most twice of it passes before the connection is closed
   */
  HeadWatch(Scheduler scheduler, Duration time) {
    this.scheduler = scheduler;
    this.time = time;
  }

  /** What was seen of a connection: requests, and bytes. */
  private record Seen(long requests, long bytes, boolean begun) {}

  @Override
  public void onOpened(Connection connection) {
    look(connection, new Seen(0, 0, false));
  }

  private void look(Connection connection, Seen before) {
    scheduler.schedule(() -> judge(connection, before), time.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void judge(Connection connection, Seen before) {
    if (!connection.getEndPoint().isOpen()) {
      return;
    }
    long requests = connection.getMessagesIn();
    long bytes = connection.getBytesIn();
    boolean waits = requests == connection.getMessagesOut() && requests == before.requests();
    boolean begun = waits && (before.begun() || bytes > before.bytes());
    if (begun && before.begun()) {
      connection.getEndPoint().close();
    } else {
      look(connection, new Seen(requests, bytes, begun));
    }
  }
}
