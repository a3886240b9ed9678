package dev.millrace.orch.api;

import java.time.Duration;

/**
 * How the API is served.
 *
 * @param host address to listen on
 * @param port 0 for any free one
 * @param maxJsonBytes largest JSON body
 * @param maxFileBytes largest file of a function
 * @param eventQueue how many of the newest events are held for clients that are slow or come back
 * @param heartbeat how often an idle event stream says that it is alive
 * @param version as health tells it
 * @param limits what connections may cost
 */
public record ApiConfig(
    String host,
    int port,
    int maxJsonBytes,
    long maxFileBytes,
    int eventQueue,
    Duration heartbeat,
    String version,
    Limits limits) {
  /**
   * What connections may cost.
   *
   * @param headTime within which a request's head must have come whole
   * @param bytesPerSecond at least which a body must come with
   * @param connections at once; further ones wait to be accepted
   * @param listeners clients that listen to events at once; further ones are refused
   */
  public record Limits(Duration headTime, long bytesPerSecond, int connections, int listeners) {
    /** 10 s, 256 bytes per second, 2,048 connections, 512 listeners. */
    public static final Limits DEFAULT = new Limits(Duration.ofSeconds(10), 256, 2048, 512);

    public Limits {
      if (headTime.isZero()
          || headTime.isNegative()
          || bytesPerSecond < 1
          || connections < 1
          || listeners < 1) {
        throw new IllegalArgumentException("limits must be more than 0");
      }
    }
  }

  /** With the default limits. */
  public ApiConfig(
      String host,
      int port,
      int maxJsonBytes,
      long maxFileBytes,
      int eventQueue,
      Duration heartbeat,
      String version) {
    this(host, port, maxJsonBytes, maxFileBytes, eventQueue, heartbeat, version, Limits.DEFAULT);
  }

  /** On the loopback address. */
  public static ApiConfig loopback(int port, String version) {
    return new ApiConfig(
        "127.0.0.1",
        port,
        16 * 1024 * 1024,
        4L * 1024 * 1024 * 1024,
        8192,
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
