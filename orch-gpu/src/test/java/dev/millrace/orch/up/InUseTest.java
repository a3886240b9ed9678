package dev.millrace.orch.up;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.client.CoordinatorFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InUseTest {
  @TempDir private Path folder;

  @Test
  void aRunningCoordinatorTellsItsConfigurationByItsCommandLine() throws Exception {
    Path data = Files.createDirectories(folder.resolve("data"));
    Path here = Files.createDirectories(folder.resolve("here"));
    Path process = Files.createDirectories(folder.resolve("proc/7"));
    Files.createSymbolicLink(process.resolve("cwd"), here);
    assertThat(InUse.of(folder.resolve("proc"), data)).isEmpty();
    new CoordinatorFile("http://127.0.0.1:1", 7, "1").write(data);
    assertThat(InUse.of(folder.resolve("proc"), data)).as("it has ended").isEmpty();

    for (String words : new String[] {"--config\0mr.yaml\0", "--config=mr.yaml\0"}) {
      Files.writeString(process.resolve("cmdline"), "java\0Main\0up\0" + words);
      assertThat(InUse.of(folder.resolve("proc"), data))
          .contains(new InUse(7, here.toRealPath().resolve("mr.yaml")));
    }
    Files.writeString(process.resolve("cmdline"), "java\0Main\0up\0");
    assertThat(InUse.of(folder.resolve("proc"), data)).isEmpty();
  }
}
