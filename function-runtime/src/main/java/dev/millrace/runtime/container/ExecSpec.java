package dev.millrace.runtime.container;

import java.util.List;
import java.util.Map;

/**
 * A further command in a container that runs.
 *
 * @param line with the program first
 * @param environment beside the container's own
 * @param user numeric, {@code uid:gid}
 */
public record ExecSpec(List<String> line, Map<String, String> environment, String user) {
  public ExecSpec {
    line = List.copyOf(line);
    environment = Map.copyOf(environment);
  }

  @Override
  public String toString() {
    return "ExecSpec[" + line + ", user " + user + "]";
  }
}
