package dev.millrace.orch.crash;

import dev.millrace.orch.api.view.DeployRequest;
import dev.millrace.orch.client.CoordinatorClient;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** The function under trial: slow enough to be caught, and two files that show any half of them. */
final class Function {
  static final String NAME = "crash";
  static final String BUCKET = "crash";
  static final String IN = "in/";
  static final String OUT = "out/";

  /** What lies here is for the same script in a container. */
  static final String BOX = "box/";

  private static final String SCRIPT =
      """
      set -e
      read -r token mode nap < "$INPUT_FILE_PATH"
      if [ "$mode" = once ] && [ "$MILLRACE_ATTEMPT" = 1 ]; then
        exit 7
      fi
      sum=$(sha256sum < "$INPUT_FILE_PATH")
      {
        echo "begin $token"
        sleep "$nap"
        printf '%s\\n' "$STORAGE_OBJECT_KEY"
        echo "${sum%% *}"
        echo "end $token"
      } > "$TMP_OUTPUT_DIR/$token.one"
      {
        tail -n +2 "$INPUT_FILE_PATH"
        sleep "$nap"
        echo "end $token"
      } > "$TMP_OUTPUT_DIR/$token.two"
      """;

  private Function() {}

  /**
   * Deploys it, and where there is an engine a second one in containers.
   *
   * @param mark an assignment that each of its processes carries in its environment
   */
  static void deploy(CoordinatorClient client, Mark mark, Optional<Engine> engine)
      throws IOException {
    String functions = function("crash", "process", "0.01", IN, mark);
    if (engine.isPresent()) {
      functions += function("crash-box", "docker, image: " + Engine.IMAGE, "0.2", BOX, mark);
    }
    String fdl = "functions:\n  millrace:\n" + functions;
    client.deploy(
        new DeployRequest("crash.yaml", fdl, Map.of("crash.sh", SCRIPT), Map.of(), false));
  }

  private static String function(String name, String runner, String cpu, String in, Mark mark) {
    return """
    - {name: %s, runner: %s, memory: 64Mi, cpu: %s, timeout: 10s,
       retry: {attempts: 4, delay: 500ms}, script: crash.sh,
       environment: {variables: {%s: "%s"}},
       input: [{storage_provider: millrace.default, path: %s/%s}],
       output: [{storage_provider: millrace.default, path: %s/out}]}
    """
        .formatted(
            name,
            runner,
            cpu,
            Mark.VARIABLE,
            mark.value(),
            BUCKET,
            in.substring(0, in.length() - 1),
            BUCKET)
        .indent(4);
  }
}
