package dev.millrace.schema.id;

/**
 * One function applied to one version of one object.
 *
 * @param value a ULID in lower-case Crockford base 32: sorts by time of admission
 */
public record JobId(String value) {
  public JobId {
    Names.require("job id", value, Names.ULID);
  }

  @Override
  public String toString() {
    return value;
  }
}
