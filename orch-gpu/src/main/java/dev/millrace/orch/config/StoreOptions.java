package dev.millrace.orch.config;

import java.nio.file.Path;
import java.util.Optional;

/** What of the embedded store most people leave as it is. */
public record StoreOptions(Optional<Tls> tls) {
  private static final int PLAIN_PORT = 9001;

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
        store.has("tls") ? Optional.of(tls(store.section("tls"), base)) : Optional.empty());
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
