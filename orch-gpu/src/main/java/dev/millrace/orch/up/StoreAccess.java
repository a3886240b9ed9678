package dev.millrace.orch.up;

import dev.millrace.orch.config.MillraceConfig;
import dev.millrace.triggers.s3.S3StoreSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** How the default store is reached by whoever administers it. */
record StoreAccess(URI endpoint, String region, S3StoreSettings.AccessKeyPair keys) {

  /**
   * For a coordinator that starts alone: what the configuration says, else what a store has left in
   * this data folder; empty when there is neither.
   */
  static Optional<StoreAccess> find(MillraceConfig config, Path data) throws IOException {
    MillraceConfig.StoreElsewhere elsewhere = config.storeElsewhere();
    if (elsewhere == null) {
      return StoreEnvironment.read(data);
    }
    return Optional.of(
        new StoreAccess(
            elsewhere.endpoint(),
            config.region(),
            new S3StoreSettings.AccessKeyPair(
                Files.readString(elsewhere.accessKeyFile()).strip(),
                Files.readString(elsewhere.secretKeyFile()).strip())));
  }
}
