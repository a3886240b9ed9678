package dev.millrace.orch.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.orch.config.ConfigReader;
import dev.millrace.orch.config.MillraceConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PortInUseTest {
  @TempDir private Path folder;

  @Test
  void theStoresTakenPortIsNamedWithTheOptionForAnother() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      MillraceConfig config = config().withPorts(0, taken.getLocalPort());

      assertThatThrownBy(() -> Machine.start(config, folder, "test"))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("the store cannot listen on 127.0.0.1:" + taken.getLocalPort())
          .hasMessageContaining("which another program has")
          .hasMessageContaining("--store-port");
    }
  }

  @Test
  void theApisTakenPortIsNamedWithTheOptionForAnother() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      MillraceConfig config = config().withPorts(taken.getLocalPort(), 0);

      assertThatThrownBy(() -> Machine.start(config, folder, "test"))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("the API cannot listen on 127.0.0.1:" + taken.getLocalPort())
          .hasMessageContaining("which another program has")
          .hasMessageContaining("--port");
    }
  }

  @Test
  void anAddressThatIsNotThisMachinesIsSaidToBeSo() throws IOException {
    MillraceConfig config =
        new ConfigReader(name -> null).read("millrace.yaml", "store: {host: 192.0.2.1}\n", folder);

    assertThatThrownBy(() -> Machine.start(config, folder, "test"))
        .hasMessageContaining("the store cannot listen on 192.0.2.1")
        .hasMessageContaining("Cannot assign requested address");
  }

  @Test
  void aDiskThatHasNoRoomForObjectsIsToldOf() throws IOException {
    ConfigReader reader = new ConfigReader(name -> null);
    Files.createDirectory(folder.resolve("store"));

    assertThat(StorePart.crowded(reader.read("millrace.yaml", "", folder), folder)).isEmpty();
    assertThat(
            StorePart.crowded(
                reader.read("millrace.yaml", "store: {min_free: 900000Gi}\n", folder), folder))
        .hasValueSatisfying(
            said -> assertThat(said).contains("takes nothing in", "store.min_free", "doctor"));
  }

  private MillraceConfig config() throws IOException {
    return new ConfigReader(name -> null).read("millrace.yaml", "", folder);
  }
}
