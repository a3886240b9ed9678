package dev.millrace.schema.object;

import java.util.Optional;

/** The stores that are configured. */
@FunctionalInterface
public interface Stores {
  /** The store of that name; empty when it is not configured. */
  Optional<ObjectStore> find(StoreId id);

  /** The store of that name, which an earlier check has seen. */
  default ObjectStore get(StoreId id) {
    return find(id)
        .orElseThrow(() -> new IllegalStateException("store " + id + " is not configured"));
  }
}
