package dev.millrace.orch.up;

import dev.millrace.orch.config.MillraceConfig;
import dev.millrace.orch.config.NamedFile;
import dev.millrace.schema.object.ObjectStore;
import dev.millrace.schema.object.StoreId;
import dev.millrace.triggers.s3.S3ObjectStore;
import dev.millrace.triggers.s3.S3StoreSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * How the default store is reached by whoever administers it.
 *
 * @param shorter what this process puts before the way over HTTP: nothing, or the store itself
 *     where it runs here
 */
record StoreAccess(
    URI endpoint,
    String region,
    S3StoreSettings.AccessKeyPair keys,
    UnaryOperator<ObjectStore> shorter) {
  /** Over HTTP alone. */
  StoreAccess(URI endpoint, String region, S3StoreSettings.AccessKeyPair keys) {
    this(endpoint, region, keys, UnaryOperator.identity());
  }

  /** Opens it as a store of the coordinator; the caller closes it. */
  ObjectStore open(StoreId id) {
    return shorter.apply(S3ObjectStore.open(S3StoreSettings.at(id, endpoint, region, keys)));
  }

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
                NamedFile.word(elsewhere.accessKeyFile()),
                NamedFile.word(elsewhere.secretKeyFile()))));
  }
}
