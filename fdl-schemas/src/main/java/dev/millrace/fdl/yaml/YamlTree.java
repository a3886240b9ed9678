package dev.millrace.fdl.yaml;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a text holds.
 *
 * @param root null when it is empty, or could not be read at all
 * @param faults with a root: what was left out of it
 */
public record YamlTree(@Nullable Node root, List<Fault> faults) {
  public YamlTree {
    faults = List.copyOf(faults);
  }

  static YamlTree refused(Spot spot, String message) {
    return new YamlTree(null, List.of(new Fault(spot, "", message)));
  }
}
