package dev.millrace.schema.id;

/**
 * Who brings accelerators.
 *
 * @param value lower-case label, up to 63 characters
 */
public record ProviderId(String value) {
  public ProviderId {
    Names.require("provider", value, Names.LABEL);
  }

  @Override
  public String toString() {
    return value;
  }
}
