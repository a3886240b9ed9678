package dev.millrace.orch.up;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.orch.config.ConfigReader;
import dev.millrace.orch.config.MillraceConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
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
          .hasMessageContaining("--port");
    }
  }

  private MillraceConfig config() throws IOException {
    return new ConfigReader(name -> null).read("millrace.yaml", "", folder);
  }
}
