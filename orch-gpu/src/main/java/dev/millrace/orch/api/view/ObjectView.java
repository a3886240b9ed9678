package dev.millrace.orch.api.view;

import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.StoreId;
import org.jspecify.annotations.Nullable;

/**
 * An object, in a request or an answer.
 *
 * @param store null in a request means the embedded store
 */
public record ObjectView(@Nullable String store, String bucket, String key) {
  private static final String SCHEME = "s3://";

  /** As the API writes it. */
  public static ObjectView of(ObjectName name) {
    return new ObjectView(name.store().value(), name.bucket(), name.key());
  }

  /**
   * The name that is meant.
   *
   * @throws IllegalArgumentException when no object can be called so
   */
  public ObjectName name() {
    StoreId id = store == null ? StoreId.EMBEDDED : new StoreId(store);
    return new ObjectName(id, bucket, key);
  }

  /**
   * Reads {@code s3://bucket/key}; the key is taken as it is, nothing in it is decoded.
   *
   * @throws IllegalArgumentException when it is not of that form
   */
  public static ObjectView parse(String uri, @Nullable String store) {
    int slash = uri.startsWith(SCHEME) ? uri.indexOf('/', SCHEME.length()) : -1;
    if (slash <= SCHEME.length() || slash == uri.length() - 1) {
      throw new IllegalArgumentException(
          "an object is written s3://bucket/key, found: '" + uri + "'");
    }
    return new ObjectView(store, uri.substring(SCHEME.length(), slash), uri.substring(slash + 1));
  }

  /** As people write it. */
  public String uri() {
    return "s3://" + bucket + "/" + key;
  }
}
