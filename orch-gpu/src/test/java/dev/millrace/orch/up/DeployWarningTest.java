package dev.millrace.orch.up;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.api.TokenFile;
import dev.millrace.orch.api.view.DeployAnswer;
import dev.millrace.orch.api.view.DeployRequest;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.orch.config.ConfigReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever deploys what cannot run here hears it at once, not from jobs that rest as dead. */
final class DeployWarningTest {
  private static final String FDL =
      """
      functions:
        millrace:
          - name: count-lines
            runner: process
            script: |
              wc -l < "$INPUT_FILE_PATH" > "$TMP_OUTPUT_DIR/lines"
            input:
              - {storage_provider: millrace.default, path: texts/in}
            output:
              - {storage_provider: millrace.default, path: texts/out}
      """;

  @TempDir private Path folder;

  @Test
  void saysThatAPlainProcessIsNotAllowedForAFunction() throws IOException {
    DeployAnswer answer = deployedWhereAllowed("[another]");

    assertThat(answer.functions()).hasSize(1);
    assertThat(answer.warnings())
        .singleElement()
        .asString()
        .startsWith("count-lines is for the runner process")
        .contains("provider.runners.process.allow in millrace.yaml");
  }

  @Test
  void saysNothingWhereItIsAllowedByName() throws IOException {
    assertThat(deployedWhereAllowed("[another, count-lines]").warnings()).isEmpty();
  }

  @Test
  void saysNothingWhereEveryOneIsAllowed() throws IOException {
    assertThat(deployedWhereAllowed("['*']").warnings()).isEmpty();
  }

  private DeployAnswer deployedWhereAllowed(String names) throws IOException {
    String config =
        "{api: {port: 0}, store: {port: 0}, provider: {runners: {process: {allow: "
            + names
            + "}}}}";
    try (Machine machine =
            Machine.start(
                new ConfigReader(name -> null).read("millrace.yaml", config, folder),
                folder,
                "test");
        CoordinatorClient client =
            new CoordinatorClient(
                machine.apiEndpoint(), Files.readString(folder.resolve(TokenFile.NAME)).strip())) {
      return client.deploy(new DeployRequest("function.yaml", FDL, Map.of(), Map.of(), false));
    }
  }
}
