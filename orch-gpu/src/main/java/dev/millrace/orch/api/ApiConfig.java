package dev.millrace.orch.api;

import java.time.Duration;

/**
 * How the API is served.
 *
 * @param host address to listen on
 * @param port 0 for any free one
 * @param maxJsonBytes largest JSON body
 * @param maxFileBytes largest file of a function
 * @param eventQueue events that wait for one slow client before it is dropped
 * @param heartbeat how often an idle event stream says that it is alive
 * @param version as health tells it
 */
public record ApiConfig(
    String host,
    int port,
    int maxJsonBytes,
    long maxFileBytes,
    int eventQueue,
    Duration heartbeat,
    String version) {
  /** On the loopback address. */
  public static ApiConfig loopback(int port, String version) {
    return new ApiConfig(
        "127.0.0.1",
        port,
        16 * 1024 * 1024,
        4L * 1024 * 1024 * 1024,
        1024,
        Duration.ofSeconds(5),
        version);
  }

  public ApiConfig {
    if (port < 0 || port > 65535) {
      throw new IllegalArgumentException("port must be 0..65535: " + port);
    }
    if (maxJsonBytes < 1 || maxFileBytes < 1 || eventQueue < 1) {
      throw new IllegalArgumentException("limits must be 1 or more");
    }
    if (heartbeat.isZero() || heartbeat.isNegative()) {
      throw new IllegalArgumentException("heartbeat must be more than 0: " + heartbeat);
    }
  }
}
