package dev.millrace.orch.crash;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A container engine that some of the jobs run on, asked by its own client.
 *
 * @param host for instance {@code unix:///var/run/docker.sock}
 */
record Engine(String host) {
  /** Where to look for one; none by default, and all jobs are processes then. */
  static final String PROPERTY = "millrace.crash.engine";

  /** Any Debian. */
  static final String IMAGE = "millrace-test/debian:12";

  /** The one that is given. */
  static Optional<Engine> given() {
    return Optional.ofNullable(System.getProperty(PROPERTY))
        .filter(host -> !host.isBlank())
        .map(Engine::new);
  }

  /** All containers of a provider, running or not. */
  List<String> containers(Path provider) throws IOException, InterruptedException {
    return said(
        "ps", "--all", "--quiet", "--filter", "label=dev.millrace.home=" + provider.normalize());
  }

  /** Removes what a failed trial left. */
  void clear(Path provider) throws IOException, InterruptedException {
    for (String container : containers(provider)) {
      said("rm", "--force", container);
    }
  }

  private List<String> said(String... words) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("docker", "--host", host));
    command.addAll(List.of(words));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(command + ": " + text);
    }
    return text.lines().filter(line -> !line.isBlank()).toList();
  }
}
