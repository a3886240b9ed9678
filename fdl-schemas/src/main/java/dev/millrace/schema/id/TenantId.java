package dev.millrace.schema.id;

/**
 * Who owns functions, buckets, keys and budgets.
 *
 * @param value lower-case label, up to 63 characters; {@code main} by default
 */
public record TenantId(String value) {
  public TenantId {
    Names.require("tenant", value, Names.LABEL);
  }

  @Override
  public String toString() {
    return value;
  }
}
