package dev.millrace.runtime.container;

import java.util.List;
import java.util.Map;

/**
 * A container to be made. It is hardened whatever is asked: root is read-only, there are no
 * capabilities, no new privileges, the engine's own seccomp profile, no more memory than stated and
 * no swap.
 *
 * @param name unique in the engine
 * @param image reference with tag or digest
 * @param labels by which it is found again
 * @param places folders and files of the host that it sees
 * @param devices what it may use
 */
public record ContainerSpec(
    String name,
    String image,
    Command command,
    Confinement confinement,
    Map<String, String> labels,
    List<Place> places,
    DeviceAsk devices) {
  public ContainerSpec {
    labels = Map.copyOf(labels);
    places = List.copyOf(places);
  }

  /**
   * What runs.
   *
   * @param line with the program first; empty runs the image's own
   * @param environment beside the image's own
   * @param user numeric, {@code uid:gid}
   * @param stdinOpen whether someone will write to its input
   */
  public record Command(
      List<String> line, Map<String, String> environment, String user, boolean stdinOpen) {
    public Command {
      line = List.copyOf(line);
      environment = Map.copyOf(environment);
    }

    @Override
    public String toString() {
      // The environment may hold secrets.
      return "Command[" + line + ", user " + user + "]";
    }
  }

  /**
   * What keeps it in its bounds.
   *
   * @param memoryBytes of all its processes, files under {@code /tmp} included
   * @param cpuMillis thousandths of a processor
   * @param processesMax processes and threads
   * @param fileBytesMax of a single file
   * @param tmpBytes of the scratch space at {@code /tmp}
   * @param volumes paths for which the image asks a volume: each is scratch space as large
   * @param networkOpen false leaves it the loopback alone
   * @param logBytes of its output that the engine keeps
   */
  public record Confinement(
      long memoryBytes,
      int cpuMillis,
      int processesMax,
      long fileBytesMax,
      long tmpBytes,
      List<String> volumes,
      boolean networkOpen,
      long logBytes) {
    public Confinement {
      volumes = List.copyOf(volumes);
    }
  }

  /**
   * A folder or file of the host at a place in the container.
   *
   * @param source must be there
   */
  public record Place(String source, String target, boolean writable) {}
}
