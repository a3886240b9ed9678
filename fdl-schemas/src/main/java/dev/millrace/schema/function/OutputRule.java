package dev.millrace.schema.function;

import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.StoreId;
import java.util.List;
import java.util.Optional;

/**
 * Where a function's files go. Each rule stands alone: one file may go to several places.
 *
 * @param folder keys become {@code folder/relative}; empty for the bucket's top
 * @param prefixes of the relative path; empty lets all pass
 * @param suffixes of the relative path; empty lets all pass
 */
public record OutputRule(
    StoreId store, String bucket, String folder, List<String> prefixes, List<String> suffixes) {
  public OutputRule {
    prefixes = List.copyOf(prefixes);
    suffixes = List.copyOf(suffixes);
  }

  /** Where a file of this relative path goes; empty when this rule does not take it. */
  public Optional<ObjectName> target(String relative) {
    boolean passes =
        (prefixes.isEmpty() || prefixes.stream().anyMatch(relative::startsWith))
            && (suffixes.isEmpty() || suffixes.stream().anyMatch(relative::endsWith));
    if (!passes) {
      return Optional.empty();
    }
    return Optional.of(
        new ObjectName(store, bucket, folder.isEmpty() ? relative : folder + "/" + relative));
  }
}
