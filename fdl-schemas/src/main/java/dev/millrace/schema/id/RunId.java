package dev.millrace.schema.id;

/**
 * One execution of an attempt's order; a trigger can fire twice, so an attempt may see several.
 *
 * @param value a ULID in lower-case Crockford base 32
 */
public record RunId(String value) {
  public RunId {
    Names.require("run id", value, Names.ULID);
  }

  @Override
  public String toString() {
    return value;
  }
}
