package dev.millrace.fdl;

import dev.millrace.schema.object.StoreId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The {@code storage_providers} of a file, and of a service where it has its own. Only their ids
 * are of use: where a store is and who may use it stands in the coordinator's configuration, and
 * credentials in an FDL are never kept.
 */
final class DeclaredStores {
  private static final Set<String> CREDENTIALS =
      Set.of(
          "access_key",
          "secret_key",
          "token",
          "login",
          "password",
          "refresh_token",
          "access_token");

  /** What OSCAR and SCAR say of their stores beside that. */
  private static final List<String> OTHERS =
      List.of(
          "endpoint",
          "verify",
          "region",
          "oneprovider_host",
          "space",
          "hostname",
          "host",
          "auth_host",
          "account",
          "rse",
          "oidc_audience",
          "token_endpoint");

  /** As the others write them: in lower case, and in any other they read none. */
  private static final Set<String> TYPES =
      Set.of("millrace", "minio", "ceph", "s3", "onedata", "webdav", "rucio");

  /** What is said of the clusters that a file or a service declares. */
  static final String NO_CLUSTERS = "clusters have no counterpart here; take them out";

  private final Map<String, Set<String>> idsByType;

  private DeclaredStores(Map<String, Set<String>> idsByType) {
    this.idsByType = idsByType;
  }

  static DeclaredStores none() {
    return new DeclaredStores(Map.of());
  }

  static DeclaredStores read(Field field) {
    Map<String, Set<String>> ids = new TreeMap<>();
    field
        .section()
        .ifPresent(types -> {
          for (String type : types.keys()) {
            types
                .field(type)
                .flatMap(Field::section)
                .ifPresent(section -> ids.put(type, idsOf(type, section)));
          }
        });
    return new DeclaredStores(ids);
  }

  /** These and others. */
  DeclaredStores and(DeclaredStores others) {
    Map<String, Set<String>> ids = new TreeMap<>();
    for (DeclaredStores each : List.of(this, others)) {
      each.idsByType.forEach(
          (type, some) -> ids.computeIfAbsent(type, t -> new TreeSet<>()).addAll(some));
    }
    return new DeclaredStores(ids);
  }

  private static Set<String> idsOf(String type, Section section) {
    Set<String> ids = new TreeSet<>();
    for (String id : section.keys()) {
      ids.add(id);
      section
          .field(id)
          .flatMap(Field::section)
          .ifPresent(provider -> warn(section, type, id, provider));
    }
    return ids;
  }

  private static void warn(Section section, String type, String id, Section provider) {
    boolean credentials =
        CREDENTIALS.stream().filter(key -> provider.field(key).isPresent()).count() > 0;
    OTHERS.forEach(provider::field);
    provider.warnUnknown();
    String kept = credentials ? "; the credentials here are not kept, take them out" : "";
    section.warn(id, said(type, id, kept));
  }

  private static Finding said(String type, String id, String kept) {
    if (StorageFields.WITHOUT_COUNTERPART.contains(type)) {
      return Finding.of("storage of this type has no counterpart here" + kept);
    }
    if (!TYPES.contains(type)) {
      String why = "ignored: no type of storage of OSCAR's or SCAR's, which are in lower case";
      return Finding.of(why + kept).near(Nearest.to(type, TYPES));
    }
    String store = type + "." + Finding.printable(id);
    return Finding.of("configure store '" + store + "' where the coordinator runs" + kept);
  }

  /** Warns of an id that the file could have declared and did not: probably a slip. */
  void check(Field field, StoreId store) {
    String type = StorageFields.type(store);
    String id = store.value().substring(type.length() + 1);
    Set<String> ids = idsByType.getOrDefault(type, Set.of());
    if (!ids.isEmpty() && !id.equals("default") && !ids.contains(id)) {
      Optional<String> near = Nearest.to(id, ids).map(n -> type + "." + n);
      field.warn(
          new Finding("not among this file's storage_providers", store.value(), null, null)
              .near(near));
    }
  }
}
