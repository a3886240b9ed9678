package dev.millrace.fdl;

import dev.millrace.schema.object.StoreId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The top-level {@code storage_providers}. Only their ids are of use: where a store is and who may
 * use it stands in the coordinator's configuration, and credentials in an FDL are never kept.
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

  private static Set<String> idsOf(String type, Section section) {
    Set<String> ids = new TreeSet<>();
    for (String id : section.keys()) {
      ids.add(id);
      section
          .field(id)
          .flatMap(Field::section)
          .ifPresent(provider -> warn(section, type + "." + id, provider));
    }
    return ids;
  }

  private static void warn(Section section, String store, Section provider) {
    boolean credentials =
        CREDENTIALS.stream().filter(key -> provider.field(key).isPresent()).count() > 0;
    OTHERS.forEach(provider::field);
    provider.warnUnknown();
    String id = store.substring(store.indexOf('.') + 1);
    String kept = credentials ? "; the credentials here are not kept, take them out" : "";
    if (StorageFields.WITHOUT_COUNTERPART.contains(store.substring(0, store.indexOf('.')))) {
      section.warn(id, Finding.of("storage of this type has no counterpart here" + kept));
    } else {
      section.warn(
          id, Finding.of("configure store '" + store + "' where the coordinator runs" + kept));
    }
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
