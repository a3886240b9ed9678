package dev.millrace.schema.id;

/**
 * One device of a provider, unique in the fleet.
 *
 * @param value for instance {@code host-1/GPU-8c1f...}
 */
public record AcceleratorId(String value) {
  public AcceleratorId {
    Names.require("accelerator", value, Names.DEVICE);
  }

  @Override
  public String toString() {
    return value;
  }
}
