package dev.millrace.orch.plan;

import dev.millrace.schema.id.AcceleratorId;
import java.util.Set;

/**
 * The only devices that a job may have, whatever others have room.
 *
 * @param devices all or none of each provider's in a pool; none at all is a job that fits nowhere
 * @param otherwise said to people when none of them will ever do
 */
public record Only(Set<AcceleratorId> devices, String otherwise) {
  public Only {
    devices = Set.copyOf(devices);
  }

  /** Cheap: a plan asks it for every job. */
  @Override
  public int hashCode() {
    return 31 * otherwise.hashCode() + devices.size();
  }
}
