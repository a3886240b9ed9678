package dev.millrace.fdl;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** OSCAR's keys that Millrace does not act on: some silently, the others by a warning. */
final class OscarKeys {
  /**
   * Written by OSCAR's own server when it shows a service, or of no meaning without its supervisor.
   */
  private static final Set<String> SILENT =
      Set.of(
          "token",
          "cluster_id",
          "owner",
          "namespace",
          "bucket_list",
          "volume_status",
          "deployment",
          "alpine");

  /** Why each other key is not honoured. */
  private static final Map<String, String> REASONS =
      Map.ofEntries(
          Map.entry("clusters", DeclaredStores.NO_CLUSTERS),
          Map.entry("total_memory", "quotas of a function have no counterpart here"),
          Map.entry("total_cpu", "quotas of a function have no counterpart here"),
          Map.entry("annotations", "Kubernetes annotations have no counterpart here"),
          Map.entry("synchronous", "synchronous calls have no counterpart here"),
          Map.entry("replicas", "delegation to other clusters has no counterpart here"),
          Map.entry("federation", "delegation to other clusters has no counterpart here"),
          Map.entry("delegation", "delegation to other clusters has no counterpart here"),
          Map.entry(
              "rescheduler_threshold", "delegation to other clusters has no counterpart here"),
          Map.entry("image_pull_secrets", "registry credentials belong to the provider here"),
          Map.entry("file_stage_in", "the input is always staged here"),
          Map.entry("image_prefetch", "images are pulled when first used here"),
          Map.entry("expose", "exposed services have no counterpart here"),
          Map.entry("expose_options", "exposed services have no counterpart here"),
          Map.entry("max_replicas", "exposed services have no counterpart here"),
          Map.entry("top_cpu", "exposed services have no counterpart here"),
          Map.entry("enable_sgx", "SGX enclaves have no counterpart here"),
          Map.entry("vo", "virtual organisations have no counterpart here; tenants own functions"),
          Map.entry(
              "allowed_users", "per-user access has no counterpart here; tenants own functions"),
          Map.entry("isolation_level", "buckets for each user have no counterpart here"),
          Map.entry("visibility", "a function is visible to its tenant alone here"),
          Map.entry("interlink_node_name", "InterLink nodes have no counterpart here"),
          Map.entry("mount", "mounted buckets have no counterpart here"),
          Map.entry("volume", "volumes that outlive a run have no counterpart here"),
          Map.entry("ephemeral_storage_request", "a disk reservation has no counterpart here"),
          Map.entry("kserve", "KServe services have no counterpart here"));

  /** Values that ask for what happens anyway. */
  private static final Map<String, Set<String>> HARMLESS =
      Map.of(
          "file_stage_in", Set.of("false"),
          "image_prefetch", Set.of("false"),
          "enable_sgx", Set.of("false"),
          "isolation_level", Set.of("service"),
          "visibility", Set.of("private"),
          "delegation", Set.of("static"));

  private OscarKeys() {}

  /** The keys that are named in a warning when they are there. */
  static List<String> unhonoured() {
    return REASONS.keySet().stream().sorted().toList();
  }

  /** Why a key is not honoured. */
  static String reason(String key) {
    return Objects.requireNonNull(REASONS.get(key), key);
  }

  static void warnOf(Section s) {
    SILENT.forEach(s::field);
    for (String key : unhonoured()) {
      Optional<Field> field = s.field(key).filter(f -> !f.isEmpty());
      boolean harmless = field.filter(f -> harmless(key, f)).isPresent();
      if (field.isPresent() && !harmless) {
        s.warn(key, Finding.of("not honoured: " + reason(key)));
      }
    }
  }

  private static boolean harmless(String key, Field field) {
    return field.isText()
        && field
            .text()
            .filter(t -> HARMLESS.getOrDefault(key, Set.of()).contains(t.toLowerCase(Locale.ROOT)))
            .isPresent();
  }
}
