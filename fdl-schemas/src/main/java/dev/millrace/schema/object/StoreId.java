package dev.millrace.schema.object;

import java.util.regex.Pattern;

/**
 * A configured object store, as FDL's {@code storage_provider} names it: {@code type.id}, for
 * instance {@code millrace.default}, {@code minio.default}, {@code s3.archive}.
 */
public record StoreId(String value) {
  private static final Pattern SHAPE = Pattern.compile("[a-z0-9]+\\.[A-Za-z0-9._-]{1,63}");

  /** The store that Millrace itself serves. */
  public static final StoreId EMBEDDED = new StoreId("millrace.default");

  public StoreId {
    if (!SHAPE.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "a store is named type.id, for instance minio.default; found: '" + value + "'");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
