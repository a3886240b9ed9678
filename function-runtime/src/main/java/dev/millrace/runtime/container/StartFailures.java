package dev.millrace.runtime.container;

import dev.millrace.runtime.runner.Runner.Start;
import java.util.Locale;

/** What a container that did not start means, and what to do. */
final class StartFailures {
  private StartFailures() {}

  /** Whether the engine does not know the devices by the names that were used. */
  static boolean unknownDevice(EngineException failure) {
    String said = String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT);
    return said.contains("cdi") || said.contains("could not select device driver");
  }

  static Start.NotStarted of(EngineException failure, String image) {
    String said = String.valueOf(failure.getMessage());
    String low = said.toLowerCase(Locale.ROOT);
    if (failure.kind() == EngineException.Kind.UNREACHABLE) {
      return new Start.NotStarted("the container did not start: " + said, true);
    }
    if (low.contains("could not select device driver")) {
      return never(
          said, "install the NVIDIA Container Toolkit on this host and restart the engine");
    }
    if (low.contains("cdi")) {
      return never(
          said,
          "write a CDI specification for the device, for NVIDIA by nvidia-ctk cdi generate"
              + " --output=/etc/cdi/nvidia.yaml");
    }
    if (low.contains("bind source path does not exist")) {
      return never(
          said,
          "the engine does not see this process's folders: run Millrace on the engine's host, or"
              + " mount its data folder at the same path");
    }
    if (low.contains("argument list too long")) {
      return never(said, "the function's variables are too large");
    }
    if (low.contains("no command specified")) {
      return never(
          said, "image " + image + " has no command of its own: give the function a script");
    }
    if (low.contains("executable file not found") || low.contains("no such file or directory")) {
      return never(
          said, "image " + image + " lacks that program; a function's script needs /bin/sh in it");
    }
    return new Start.NotStarted(
        "the container did not start: " + said, failure.kind() != EngineException.Kind.REFUSED);
  }

  private static Start.NotStarted never(String said, String remedy) {
    return new Start.NotStarted("the container did not start: " + said + "; " + remedy, false);
  }
}
