package dev.millrace.runtime.container;

import dev.millrace.schema.id.RunId;
import java.net.URI;
import java.nio.file.Path;

/** A process of its own that starts a container and kills itself while it runs. */
final class DyingDockerProvider {
  private DyingDockerProvider() {}

  /**
   * @param args the engine, the provider's folder, the run, the script
   */
  public static void main(String[] args) throws Exception {
    DockerBench bench =
        DockerBench.on(new Engines.Given("given", URI.create(args[0])), Path.of(args[1]));
    bench.run(new RunId(args[2])).begins(args[3]);
    new ProcessBuilder("sh", "-c", "kill -9 " + ProcessHandle.current().pid()).start().waitFor();
  }
}
