package dev.millrace.schema.object;

/**
 * A configured object store, as FDL's {@code storage_provider} names it: {@code type.id}, for
 * instance {@code millrace.default}, {@code minio.default}, {@code s3.archive}.
 */
public record StoreId(String value) {
  /** The store that Millrace itself serves. */
  public static final StoreId EMBEDDED = new StoreId("millrace.default");

  public StoreId {
    if (!shaped(value)) {
      throw new IllegalArgumentException(
          "a store is named type.id, for instance minio.default; found: '" + value + "'");
    }
  }

  /**
   * As {@code [a-z0-9]+\.[A-Za-z0-9._-]{1,63}}: checked for each row that is read, so no pattern.
   */
  private static boolean shaped(String value) {
    int dot = value.indexOf('.');
    int rest = value.length() - dot - 1;
    if (dot < 1 || rest < 1 || rest > 63) {
      return false;
    }
    for (int i = 0; i < value.length(); i++) {
      char each = value.charAt(i);
      boolean always = each >= 'a' && each <= 'z' || each >= '0' && each <= '9';
      boolean behind =
          i >= dot && (each >= 'A' && each <= 'Z' || each == '.' || each == '_' || each == '-');
      if (!always && !behind) {
        return false;
      }
    }
    return true;
  }

  @Override
  public String toString() {
    return value;
  }
}
