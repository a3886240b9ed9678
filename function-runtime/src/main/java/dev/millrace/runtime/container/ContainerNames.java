package dev.millrace.runtime.container;

import dev.millrace.runtime.runner.WorkFolder;
import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.id.RunRef;
import java.util.Map;

/** By what a container is found again. */
final class ContainerNames {
  /** The provider's data folder, which one process at a time has. */
  static final String HOME = "dev.millrace.home";

  /** The run's folder on the host. */
  static final String FOLDER = "dev.millrace.folder";

  private static final String PROVIDER = "dev.millrace.provider";
  private static final String RUN = "dev.millrace.run";
  private static final String FUNCTION = "dev.millrace.function";

  private ContainerNames() {}

  static String of(RunRef run) {
    return "millrace-" + run.run().value();
  }

  /** What all containers of a provider have. */
  static Map<String, String> common(DockerSettings settings) {
    return Map.of(PROVIDER, settings.provider().value(), HOME, settings.home().toString());
  }

  static Map<String, String> labels(
      DockerSettings settings, RunRef run, FunctionRef function, WorkFolder folder) {
    return Map.of(
        PROVIDER,
        settings.provider().value(),
        HOME,
        settings.home().toString(),
        RUN,
        run.run().value(),
        FUNCTION,
        function.toString(),
        FOLDER,
        folder.root().toString());
  }
}
