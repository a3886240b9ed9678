package dev.millrace.triggers.embedded;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/**
 * How an embedded store is started.
 *
 * @param folder where everything lies; made when it is not there
 * @param host the address to listen on
 * @param port 0 for any free one
 * @param region the region that clients are told
 * @param tls empty for plain HTTP
 * @param clock the time of objects and of signatures
 */
public record StoreConfig(
    Path folder,
    String host,
    int port,
    String region,
    Optional<Tls> tls,
    Limits limits,
    InstantSource clock) {

  /** A store in that folder, on a free port of this machine alone. */
  public static StoreConfig in(Path folder) {
    return new StoreConfig(
        folder,
        "127.0.0.1",
        0,
        "us-east-1",
        Optional.empty(),
        Limits.standard(),
        InstantSource.system());
  }

  /** The same, on that port. */
  public StoreConfig withPort(int newPort) {
    return new StoreConfig(folder, host, newPort, region, tls, limits, clock);
  }

  /** The same, on that address. */
  public StoreConfig withHost(String newHost) {
    return new StoreConfig(folder, newHost, port, region, tls, limits, clock);
  }

  /** The same, in that region. */
  public StoreConfig withRegion(String newRegion) {
    return new StoreConfig(folder, host, port, newRegion, tls, limits, clock);
  }

  /** The same, by TLS. */
  public StoreConfig withTls(Optional<Tls> newTls) {
    return new StoreConfig(folder, host, port, region, newTls, limits, clock);
  }

  /** The same, with those limits. */
  public StoreConfig withLimits(Limits newLimits) {
    return new StoreConfig(folder, host, port, region, tls, newLimits, clock);
  }

  /** The same, by that clock. */
  public StoreConfig withClock(InstantSource newClock) {
    return new StoreConfig(folder, host, port, region, tls, limits, newClock);
  }

  /**
   * Serving by TLS. The machine itself is served in plain beside it, on the loopback address alone,
   * so that nothing of Millrace's own has to trust a certificate that a house has signed itself.
   *
   * @param certificate the chain in PEM, the server's own first
   * @param key its key in PEM: PKCS#8 without a passphrase
   * @param plainPort of the plain listener; 0 for any free one
   * @param reloadInterval how often the files are looked at for a change
   */
  public record Tls(Path certificate, Path key, int plainPort, Duration reloadInterval) {
    /** How often the files are looked at when nothing else is said. */
    public static final Duration RELOAD_INTERVAL = Duration.ofSeconds(10);
  }

  /**
   * What a store takes.
   *
   * @param requestsMax requests at once; more are answered 503 SlowDown
   * @param idleTimeout how long a connection may be silent, in the middle of a body too
   * @param objectMaxBytes the largest body of one PUT, one part or one copy
   * @param partMinBytes the smallest part of a multipart upload but the last
   */
  public record Limits(
      int requestsMax, Duration idleTimeout, long objectMaxBytes, long partMinBytes) {
    /** The limits of S3, and 512 requests at once with 30 s of silence. */
    public static Limits standard() {
      return new Limits(512, Duration.ofSeconds(30), 5L << 30, 5L << 20);
    }
  }
}
