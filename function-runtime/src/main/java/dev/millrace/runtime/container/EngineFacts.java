package dev.millrace.runtime.container;

import java.util.List;

/**
 * What an engine says of itself.
 *
 * @param version for instance {@code 20.10.24}
 * @param api the version of its API that is spoken with it, for instance {@code 1.41}
 * @param cdi whether it injects devices by their CDI names
 * @param cdiDevices the names that it has found; empty where it does not tell
 * @param rootless whether it runs without root: users are mapped
 * @param mappedUsers whether containers' users are other users on the host
 */
public record EngineFacts(
    String version,
    String api,
    boolean cdi,
    List<String> cdiDevices,
    boolean rootless,
    boolean mappedUsers) {
  public EngineFacts {
    cdiDevices = List.copyOf(cdiDevices);
  }
}
