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
 * @param domain a host {@code bucket.domain} is a bucket; empty for path style alone
 * @param tls empty for plain HTTP
 * @param clock the time of objects and of signatures
 */
public record StoreConfig(
    Path folder,
    String host,
    int port,
    String region,
    Optional<String> domain,
    Optional<Tls> tls,
    Space space,
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
        Optional.empty(),
        Space.standard(),
        Limits.standard(),
        InstantSource.system());
  }

  /** The same, on that port. */
  public StoreConfig withPort(int newPort) {
    return new StoreConfig(folder, host, newPort, region, domain, tls, space, limits, clock);
  }

  /** The same, on that address. */
  public StoreConfig withHost(String newHost) {
    return new StoreConfig(folder, newHost, port, region, domain, tls, space, limits, clock);
  }

  /** The same, in that region. */
  public StoreConfig withRegion(String newRegion) {
    return new StoreConfig(folder, host, port, newRegion, domain, tls, space, limits, clock);
  }

  /** The same, with buckets as hosts of that domain beside path style. */
  public StoreConfig withDomain(Optional<String> newDomain) {
    return new StoreConfig(folder, host, port, region, newDomain, tls, space, limits, clock);
  }

  /** The same, by TLS. */
  public StoreConfig withTls(Optional<Tls> newTls) {
    return new StoreConfig(folder, host, port, region, domain, newTls, space, limits, clock);
  }

  /** The same, with that space. */
  public StoreConfig withSpace(Space newSpace) {
    return new StoreConfig(folder, host, port, region, domain, tls, newSpace, limits, clock);
  }

  /** The same, with that bound between rows of the database and files. */
  public StoreConfig withSmallMaxBytes(int bytes) {
    return withSpace(
        new Space(space.minFreeBytes(), space.storeMaxBytes(), space.bucketMaxBytes(), bytes));
  }

  /** The same, with those limits. */
  public StoreConfig withLimits(Limits newLimits) {
    return new StoreConfig(folder, host, port, region, domain, tls, space, newLimits, clock);
  }

  /** The same, by that clock. */
  public StoreConfig withClock(InstantSource newClock) {
    return new StoreConfig(folder, host, port, region, domain, tls, space, limits, newClock);
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
   * How much a store keeps.
   *
   * @param minFreeBytes what bytes of objects leave free of the disk, so that names can be written
   * @param storeMaxBytes in all buckets together
   * @param bucketMaxBytes in each bucket
   * @param smallMaxBytes objects up to that lie in the database of names, larger ones in files; 0
   *     for files alone
   */
  public record Space(
      long minFreeBytes, long storeMaxBytes, long bucketMaxBytes, int smallMaxBytes) {
    /** What is small when nothing else is said: docs/decisions/0007 has the figures. */
    public static final int SMALL_MAX_BYTES = 16 << 10;

    /** With the usual bound between rows and files. */
    public Space(long minFreeBytes, long storeMaxBytes, long bucketMaxBytes) {
      this(minFreeBytes, storeMaxBytes, bucketMaxBytes, SMALL_MAX_BYTES);
    }

    /** All of the disk but 64 MiB. */
    public static Space standard() {
      return new Space(64L << 20, Long.MAX_VALUE, Long.MAX_VALUE);
    }
  }

  /**
   * How slow a client may be.
   *
   * @param connectionsMax connections at once; more wait outside
   * @param headersWithin how long a connection may take to the end of a request's head
   * @param bodyMinBytes what of a body comes at least in each window of waiting for it
   */
  public record Pace(
      int connectionsMax, Duration headersWithin, long bodyMinBytes, Duration bodyWindow) {
    /** 2,048 connections, a minute for a head, 15 KiB of a body in each half minute of waiting. */
    public static Pace standard() {
      return new Pace(2048, Duration.ofMinutes(1), 15 << 10, Duration.ofSeconds(30));
    }
  }

  /**
   * What a store takes.
   *
   * @param requestsMax requests at once; more are answered 503 SlowDown
   * @param idleTimeout how long a connection may be silent, in the middle of a body too
   * @param objectMaxBytes the largest body of one PUT, or of one part
   * @param partMinBytes the smallest part of a multipart upload but the last
   */
  public record Limits(
      int requestsMax, Duration idleTimeout, long objectMaxBytes, long partMinBytes, Pace pace) {
    /** The limits of S3, and 512 requests at once with 30 s of silence. */
    public static Limits standard() {
      return new Limits(512, Duration.ofSeconds(30), 5L << 30, 5L << 20, Pace.standard());
    }
  }
}
