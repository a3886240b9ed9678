package dev.millrace.schema.id;

/**
 * The name of a deployed function, unique within its tenant.
 *
 * @param value letters, digits, dot, dash, underscore; up to 128 characters
 */
public record FunctionName(String value) {
  public FunctionName {
    Names.require("function name", value, Names.FUNCTION);
  }

  @Override
  public String toString() {
    return value;
  }
}
