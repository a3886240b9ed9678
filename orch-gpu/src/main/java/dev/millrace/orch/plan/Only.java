package dev.millrace.orch.plan;

import dev.millrace.schema.id.AcceleratorId;
import java.util.HashSet;
import java.util.Set;

/**
 * The only devices that a job may have, whatever others have room.
 *
 * @param devices all or none of each provider's in a pool; none at all is a job that fits nowhere
 * @param later those that it may have once something passes; it waits for them, and has none now
 * @param otherwise said to people when none of the first will ever do
 */
public record Only(Set<AcceleratorId> devices, Set<AcceleratorId> later, String otherwise) {
  public Only {
    devices = Set.copyOf(devices);
    later = Set.copyOf(later);
  }

  /** As it is when everything has passed. */
  Only inTime() {
    Set<AcceleratorId> all = new HashSet<>(devices);
    all.addAll(later);
    return new Only(all, Set.of(), otherwise);
  }

  /** Cheap: a plan asks it for every job. */
  @Override
  public int hashCode() {
    return 31 * otherwise.hashCode() + devices.size();
  }
}
