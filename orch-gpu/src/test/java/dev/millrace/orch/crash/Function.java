package dev.millrace.orch.crash;

import dev.millrace.orch.api.view.DeployRequest;
import dev.millrace.orch.client.CoordinatorClient;
import java.io.IOException;
import java.util.Map;

/** The function under trial: slow enough to be caught, and two files that show any half of them. */
final class Function {
  static final String NAME = "crash";
  static final String BUCKET = "crash";
  static final String IN = "in/";
  static final String OUT = "out/";

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
   * Deploys it.
   *
   * @param mark an assignment that each of its processes carries in its environment
   */
  static void deploy(CoordinatorClient client, Mark mark) throws IOException {
    String fdl =
        """
        functions:
          millrace:
            - name: crash
              runner: process
              memory: 64Mi
              cpu: 0.01
              timeout: 10s
              retry: {attempts: 4, delay: 500ms}
              environment: {variables: {%s: "%s"}}
              script: crash.sh
              input: [{storage_provider: millrace.default, path: crash/in}]
              output: [{storage_provider: millrace.default, path: crash/out}]
        """
            .formatted(Mark.VARIABLE, mark.value());
    client.deploy(
        new DeployRequest("crash.yaml", fdl, Map.of("crash.sh", SCRIPT), Map.of(), false));
  }
}
