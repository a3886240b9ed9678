package dev.millrace.orch.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.orch.config.ConfigException;
import dev.millrace.orch.config.ConfigReader;
import dev.millrace.orch.config.MillraceConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code up} with a configuration whose default store is elsewhere. */
final class OtherStoreTest {
  @TempDir private Path folder;

  @Test
  void isRefusedWithWhatToStartInsteadAndNothingIsMade() throws IOException {
    Files.writeString(folder.resolve("access"), "AKIA");
    Files.writeString(folder.resolve("secret"), "secret");
    MillraceConfig config =
        new ConfigReader(name -> null)
            .read(
                "millrace.yaml",
                """
                api: {port: 0}
                store:
                  port: 0
                  endpoint: https://s3.example.org
                  access_key_file: access
                  secret_key_file: secret
                """,
                folder);
    Path data = folder.resolve("data");

    assertThatThrownBy(() -> Machine.start(config, data, "test").close())
        .isInstanceOf(ConfigException.class)
        .hasMessageContainingAll(
            "store.endpoint: https://s3.example.org",
            "'millrace coordinator' and 'millrace provider'",
            "remove store.endpoint",
            "'stores'");
    assertThat(data).doesNotExist();
  }
}
