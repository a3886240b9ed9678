package dev.millrace.orch.bench;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.List;

/** The docker command, for floors. */
final class Engine {
  private Engine() {}

  /** Whether an engine answers that has the image. */
  static boolean answers(String image) throws InterruptedException {
    if (image.isEmpty()) {
      return false;
    }
    try {
      return new ProcessBuilder("docker", "image", "inspect", image)
              .redirectOutput(Redirect.DISCARD)
              .redirectError(Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** As hardened as a function's container is. */
  static List<String> bare(String image) {
    return List.of(
        "docker",
        "run",
        "--rm",
        "--init",
        "--network=none",
        "--read-only",
        "--cap-drop=ALL",
        "--security-opt=no-new-privileges",
        "--user=65534:65534",
        "--pids-limit=64",
        "--memory=64m",
        "--memory-swap=64m",
        "--ipc=private",
        "--tmpfs=/tmp:rw,exec,nosuid,nodev,size=16m",
        image,
        "/bin/sh",
        "-c",
        "exit 0");
  }
}
