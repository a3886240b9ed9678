package dev.millrace.runtime.container;

import dev.millrace.schema.id.ProviderId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How the docker runner works.
 *
 * @param provider whose containers they are
 * @param home the provider's data folder, absolute: only containers that were made for it are
 *     cleared away
 * @param user {@code uid:gid} that functions run as; empty for nobody, or for this process's own
 *     user where it is not root
 * @param room what a function may use beside the memory and processors that it declares
 * @param pace how fast the runner looks and how long it waits
 */
public record DockerSettings(
    ProviderId provider, Path home, Optional<String> user, Room room, Pace pace) {
  public DockerSettings {
    if (!home.isAbsolute()) {
      throw new IllegalArgumentException("the provider's folder must be absolute: " + home);
    }
    if (user.isPresent() && !user.get().matches("[0-9]{1,9}:[0-9]{1,9}")) {
      throw new IllegalArgumentException(
          "provider.runners.docker.user must be numeric, for instance '1000:1000': " + user.get());
    }
  }

  /** Where the limit of what is written is set. */
  static final String OUTPUT_MAX = "provider.runners.docker.output_max";

  /**
   * What a function may use.
   *
   * @param outputBytesMax in its output folder; also the most that a single file may have
   * @param tmpBytesMax under {@code /tmp}, never more than half its memory
   * @param processesMax processes and threads
   */
  public record Room(long outputBytesMax, long tmpBytesMax, int processesMax) {
    public Room {
      if (outputBytesMax < 1 || tmpBytesMax < 1 || processesMax < 8) {
        throw new IllegalArgumentException(
            "a container needs room for output, scratch space and 8 processes: "
                + outputBytesMax
                + ", "
                + tmpBytesMax
                + ", "
                + processesMax);
      }
    }

    /** 10 GiB of output, 4 GiB of scratch space, 1,024 processes. */
    public static Room ample() {
      return new Room(10L << 30, 4L << 30, 1024);
    }
  }

  /**
   * How fast the runner looks and how long it waits.
   *
   * @param grace from asking a function to end to killing it
   * @param look between two looks at time and disk
   * @param afterFailure until an engine that did not answer is asked again
   */
  public record Pace(Duration grace, Duration look, Duration afterFailure) {
    /** Two seconds of grace, a look every 200 ms, a second after a failure. */
    public static Pace usual() {
      return new Pace(Duration.ofSeconds(2), Duration.ofMillis(200), Duration.ofSeconds(1));
    }
  }
}
