package dev.millrace.schema.id;

/**
 * Accelerators that are planned together.
 *
 * @param value lower-case label, up to 63 characters
 */
public record PoolId(String value) {
  public PoolId {
    Names.require("pool", value, Names.LABEL);
  }

  @Override
  public String toString() {
    return value;
  }
}
