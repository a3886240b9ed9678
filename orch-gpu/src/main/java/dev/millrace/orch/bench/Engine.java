package dev.millrace.orch.bench;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The docker command, for floors. */
final class Engine {
  private Engine() {}

  /** Whether an engine answers that has the image. */
  static boolean answers(String image) throws InterruptedException {
    if (image.isEmpty()) {
      return false;
    }
    return ends(List.of("docker", "image", "inspect", image));
  }

  /** Whether a command can be started and ends well. */
  static boolean ends(List<String> command) throws InterruptedException {
    try {
      return new ProcessBuilder(command)
              .redirectOutput(Redirect.DISCARD)
              .redirectError(Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** A container that does nothing, once. */
  static List<String> bare(String image) {
    return run(List.of(), image, "exit 0");
  }

  /**
   * A container that lasts as long as its standard input, so that it ends with whoever holds that.
   *
   * @param id the file in which the engine's client leaves the container's id
   */
  static List<String> lasting(String image, Path id) {
    return run(List.of("-i", "--cidfile=" + id), image, "exec cat");
  }

  /** A command in a container that is there, once. */
  static List<String> within(String id) {
    return List.of("docker", "exec", "--user=65534:65534", id, "/bin/sh", "-c", "exit 0");
  }

  /** As hardened as a function's container is. */
  private static List<String> run(List<String> more, String image, String script) {
    List<String> words = new ArrayList<>(List.of("docker", "run", "--rm", "--init"));
    words.addAll(
        List.of(
            "--network=none",
            "--read-only",
            "--cap-drop=ALL",
            "--security-opt=no-new-privileges",
            "--user=65534:65534",
            "--pids-limit=64",
            "--memory=64m",
            "--memory-swap=64m",
            "--ipc=private",
            "--tmpfs=/tmp:rw,exec,nosuid,nodev,size=16m"));
    words.addAll(more);
    words.addAll(List.of(image, "/bin/sh", "-c", script));
    return words;
  }
}
