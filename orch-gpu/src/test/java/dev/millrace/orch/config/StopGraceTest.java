package dev.millrace.orch.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class StopGraceTest {
  private static MillraceConfig.Patience read(String yaml) throws ConfigException {
    return new ConfigReader(name -> null).read("m.yaml", yaml, Path.of(".")).patience();
  }

  @Test
  void isLongEnoughByDefault() throws Exception {
    assertThat(read("").stopGrace()).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void takesTheShortestThatARunnerKeeps() throws Exception {
    assertThat(read("leases: {stop_grace: 10s}").stopGrace()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void refusesWhatWouldGiveASliceAwayWhileItsFunctionMayStillRun() {
    assertThatThrownBy(() -> read("leases: {stop_grace: 9999ms}"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("leases.stop_grace: 9999ms is too short")
        .hasMessageContaining("10s after its timeout");
  }
}
