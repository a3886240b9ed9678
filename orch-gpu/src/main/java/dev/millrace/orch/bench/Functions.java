package dev.millrace.orch.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Functions that do nothing, and the configuration that lets them. */
final class Functions {
  /** Runs at once. */
  static final int AT_ONCE = 8;

  /** A worker of the protocol in docs/worker.md that does nothing, for any POSIX shell. */
  static final String WORKER =
      """
      printf '14\\n{"millrace":1}'
      while read -r length && read -r json; do
        job=${json#*'"job":"'}
        answer="{\\"job\\":\\"${job%%'"'*}\\",\\"exit\\":0}"
        printf '%d\\n%s' "${#answer}" "$answer"
      done
      """;

  private static final String HEAD =
      """
      functions:
        millrace:
      """;

  private Functions() {}

  /** All jobs of these end as soon as they can. */
  static String nothing(String image) {
    String text =
        HEAD
            + function("process", "runner: process", "exit 0\n")
            + function(
                "resident", "runner: process\n    resident: true\n    warm: " + AT_ONCE, WORKER);
    String from = "image: " + image;
    return image.isEmpty()
        ? text
        : text
            + function("docker", from, "exit 0\n")
            + function("kept", from + "\n    warm: " + AT_ONCE, "exit 0\n")
            + function("worker", from + "\n    resident: true\n    warm: " + AT_ONCE, WORKER);
  }

  /**
   * One job of {@code held} holds the only GPU for as long as a file is there, so that it ends with
   * the run's folder, whatever became of its coordinator; the others wait.
   */
  static String holding(Path file) {
    return HEAD
        + function(
            "held",
            "runner: process\n    accelerator: {kind: gpu, memory: 48Gi}",
            "while [ -e '" + file + "' ]; do sleep 1; done\n: > '" + over(file) + "'\n")
        + function(
            "resident",
            "runner: process\n    priority: 10\n    resident: true\n    warm: " + AT_ONCE,
            WORKER);
  }

  /** There once the job has ended that held while a file was there. */
  static Path over(Path file) {
    return file.resolveSibling(file.getFileName() + ".over");
  }

  private static String function(String name, String kind, String script) {
    return "  - name: "
        + name
        + "\n    "
        + kind
        + "\n    memory: 64Mi\n    timeout: 30m\n    script: |\n"
        + script.indent(6)
        + "    input:\n    - {storage_provider: millrace.default, path: "
        + name
        + "/in}\n    output:\n    - {storage_provider: millrace.default, path: "
        + name
        + "/out}\n";
  }

  /**
   * Writes a configuration.
   *
   * @param more lines of it
   */
  static Path configuration(Path folder, boolean docker, String more) throws IOException {
    return Files.writeString(
        folder.resolve("millrace.yaml"),
        """
        provider:
          runs: %d
          runners: {process: {allow: ["*"]}, docker: {enabled: %s}}
          simulated: [{kind: gpu, memory: 64Gi}]
        """
                .formatted(AT_ONCE, docker)
            + more);
  }
}
