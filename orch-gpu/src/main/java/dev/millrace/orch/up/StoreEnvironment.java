package dev.millrace.orch.up;

import dev.millrace.triggers.s3.S3StoreSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A file that a shell reads to use the embedded store with any S3 client; its owner's alone. */
final class StoreEnvironment {
  /** Its name in the data folder. */
  static final String NAME = "store.env";

  private static final String ENDPOINT = "AWS_ENDPOINT_URL_S3";
  private static final String OWN = "STORE_LOCAL_ENDPOINT";
  private static final String KEY_ID = "AWS_ACCESS_KEY_ID";
  private static final String SECRET = "AWS_SECRET_ACCESS_KEY";
  private static final String REGION = "AWS_DEFAULT_REGION";

  private StoreEnvironment() {}

  /**
   * Writes it.
   *
   * @param clients where clients reach the store
   * @param store how Millrace itself does
   */
  static void write(URI clients, StoreAccess store, Path data) throws IOException {
    String text =
        "export "
            + ENDPOINT
            + "="
            + clients
            + "\nexport "
            + OWN
            + "="
            + store.endpoint()
            + "\nexport "
            + KEY_ID
            + "="
            + store.keys().id()
            + "\nexport "
            + SECRET
            + "="
            + store.keys().secret()
            + "\nexport "
            + REGION
            + "="
            + store.region()
            + "\n";
    OwnerFile.write(data.resolve(NAME), text);
  }

  /** What the store of this data folder last wrote; empty when there was none. */
  static Optional<StoreAccess> read(Path data) throws IOException {
    Path file = data.resolve(NAME);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    Map<String, String> values = new HashMap<>();
    for (String line : Files.readAllLines(file)) {
      int equals = line.indexOf('=');
      if (line.startsWith("export ") && equals > 0) {
        values.put(line.substring("export ".length(), equals), line.substring(equals + 1));
      }
    }
    for (String name : List.of(ENDPOINT, KEY_ID, SECRET, REGION)) {
      if (values.getOrDefault(name, "").isEmpty()) {
        throw new IOException(file + " does not say " + name + ": start the store again");
      }
    }
    return Optional.of(
        new StoreAccess(
            URI.create(values.getOrDefault(OWN, values.getOrDefault(ENDPOINT, ""))),
            values.getOrDefault(REGION, ""),
            new S3StoreSettings.AccessKeyPair(
                values.getOrDefault(KEY_ID, ""), values.getOrDefault(SECRET, ""))));
  }
}
