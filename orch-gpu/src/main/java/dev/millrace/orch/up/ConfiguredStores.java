package dev.millrace.orch.up;

import dev.millrace.orch.config.MillraceConfig;
import dev.millrace.orch.config.NamedFile;
import dev.millrace.schema.object.ObjectStore;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.Stores;
import dev.millrace.triggers.s3.S3ObjectStore;
import dev.millrace.triggers.s3.S3StoreSettings;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** All stores that a coordinator reaches: the default one, and those of others. */
final class ConfiguredStores implements Stores, AutoCloseable {
  private final Map<StoreId, ObjectStore> stores = new HashMap<>();

  ConfiguredStores(MillraceConfig config, StoreAccess access) throws IOException {
    stores.put(StoreId.EMBEDDED, access.open(StoreId.EMBEDDED));
    for (MillraceConfig.RemoteStore remote : config.stores()) {
      stores.put(
          remote.id(),
          S3ObjectStore.open(
              S3StoreSettings.at(
                  remote.id(),
                  remote.endpoint(),
                  remote.region(),
                  new S3StoreSettings.AccessKeyPair(
                      NamedFile.word(remote.accessKeyFile()),
                      NamedFile.word(remote.secretKeyFile())))));
    }
  }

  @Override
  public Optional<ObjectStore> find(StoreId id) {
    return Optional.ofNullable(stores.get(id));
  }

  @Override
  public void close() {
    stores.values().forEach(ObjectStore::close);
  }
}
