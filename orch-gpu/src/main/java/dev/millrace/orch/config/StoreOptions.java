package dev.millrace.orch.config;

import java.nio.file.Path;
import java.util.Optional;

/** What of the embedded store most people leave as it is. */
public record StoreOptions(Optional<String> domain, Optional<Tls> tls, Space space) {
  private static final int PLAIN_PORT = 9001;

  /**
   * How much it keeps.
   *
   * @param minFreeBytes what bytes of objects leave free of the disk
   * @param quotaBytes in all buckets together; 0 for no bound
   * @param bucketQuotaBytes in each bucket; 0 for no bound
   */
  public record Space(long minFreeBytes, long quotaBytes, long bucketQuotaBytes) {}

  /**
   * A certificate of its own.
   *
   * @param certificate the chain in PEM
   * @param key its key in PEM
   * @param plainPort where Millrace itself reaches the store on this machine; 0 for any free one
   */
  public record Tls(Path certificate, Path key, int plainPort) {}

  static StoreOptions read(Section store, Path base) throws ConfigException {
    return new StoreOptions(
        Optional.of(store.text("domain", "")).filter(domain -> !domain.isEmpty()),
        store.has("tls") ? Optional.of(tls(store.section("tls"), base)) : Optional.empty(),
        new Space(
            store.bytes("min_free", "64Mi"),
            store.bytes("quota", "0"),
            store.bytes("bucket_quota", "0")));
  }

  private static Tls tls(Section section, Path base) throws ConfigException {
    Tls tls =
        new Tls(
            section.file("certificate", base),
            section.file("key", base),
            section.number("plain_port", PLAIN_PORT, 0, 65_535));
    section.end();
    return tls;
  }
}
