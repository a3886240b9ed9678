package dev.millrace.schema.function;

import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.StoreId;
import java.util.List;

/**
 * One alternative trigger of a function.
 *
 * @param folder keys start with {@code folder/}; empty for the whole bucket
 * @param prefixes of the key's part behind the folder; empty lets all pass
 * @param suffixes of the key; empty lets all pass
 */
public record InputRule(
    StoreId store, String bucket, String folder, List<String> prefixes, List<String> suffixes) {
  /** Keys under this are Millrace's own and never input. */
  public static final String RESERVED = ".millrace/";

  public InputRule {
    prefixes = List.copyOf(prefixes);
    suffixes = List.copyOf(suffixes);
  }

  /** What keys begin with: the folder and a slash, or nothing. */
  public String keyPrefix() {
    return folder.isEmpty() ? "" : folder + "/";
  }

  /** Whether an object of this name is input. Folder markers and Millrace's own keys never are. */
  public boolean covers(ObjectName name) {
    String key = name.key();
    if (!name.store().equals(store) || !name.bucket().equals(bucket)) {
      return false;
    }
    if (key.endsWith("/") || key.startsWith(RESERVED) || !key.startsWith(keyPrefix())) {
      return false;
    }
    String rest = key.substring(keyPrefix().length());
    return (prefixes.isEmpty() || prefixes.stream().anyMatch(rest::startsWith))
        && (suffixes.isEmpty() || suffixes.stream().anyMatch(key::endsWith));
  }
}
