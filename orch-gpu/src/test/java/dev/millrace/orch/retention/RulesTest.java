package dev.millrace.orch.retention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.orch.config.ConfigException;
import dev.millrace.orch.config.ConfigReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RulesTest {
  private static Rules read(String yaml) throws ConfigException {
    return read(yaml, Map.of());
  }

  private static Rules read(String yaml, Map<String, String> environment) throws ConfigException {
    return new ConfigReader(environment::get).read("millrace.yaml", yaml, Path.of(".")).retention();
  }

  @Test
  void nothingIsRemovedWhereNothingIsSaid() throws Exception {
    assertThat(read("{}")).isEqualTo(Rules.NEVER);
    assertThat(read("retention: {}").off()).isTrue();
    assertThat(read("retention: {logs: never, notices: never, jobs: never}").off()).isTrue();
  }

  @Test
  void eachRuleStandsForItself() throws Exception {
    assertThat(read("retention: {logs: 30d}"))
        .isEqualTo(new Rules(Duration.ofDays(30), null, null));
    assertThat(read("retention: {notices: 12h}"))
        .isEqualTo(new Rules(null, Duration.ofHours(12), null));
    assertThat(read("retention: {jobs: 365d}"))
        .isEqualTo(new Rules(null, null, Duration.ofDays(365)));
    assertThat(read("{}", Map.of("MILLRACE_RETENTION_LOGS", "90d")))
        .isEqualTo(new Rules(Duration.ofDays(90), null, null));
  }

  @Test
  void anUnknownRuleIsRefusedWithTheNearestOne() {
    assertThatThrownBy(() -> read("retention: {log: 30d}"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("retention.log is not a known key")
        .hasMessageContaining("did you mean 'logs'");
    assertThatThrownBy(() -> read("retention: 30d"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("a map of keys");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "30",
        "0d",
        "-1d",
        "30 d",
        "1mo",
        "1y",
        "30D",
        "NEVER",
        "''",
        "true",
        "1.5d",
        "99999999999999999999d",
        "[30d]",
        "500ms"
      })
  void whatIsNoTimeIsRefused(String time) {
    assertThatThrownBy(() -> read("retention: {logs: " + time + "}"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("retention.logs:")
        .hasMessageContaining("never");
  }

  @ParameterizedTest
  @CsvSource({
    "logs, 30m, 1h",
    "logs, 3599s, 1h",
    "notices, 59m, 1h",
    "jobs, 23h, 1d",
    "jobs, 365m, 1d",
  })
  void whatIsTooShortIsRefusedWithTheLeast(String rule, String time, String least) {
    assertThatThrownBy(() -> read("retention: {" + rule + ": " + time + "}"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("retention." + rule)
        .hasMessageContaining(least + " is the least");
  }

  @Test
  void jobsAreNotKeptShorterThanTheirLogs() throws Exception {
    assertThatThrownBy(() -> read("retention: {logs: 30d, jobs: 29d}"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("29d is shorter than logs: 30d");
    assertThat(read("retention: {logs: 30d, jobs: 30d}").off()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1h", "36h", "30d", "90m", "3601s", "never"})
  void aTimeIsWrittenAsItIsRead(String time) {
    assertThat(Rules.text(Rules.of(time, "never", "never").logs())).isEqualTo(time);
  }
}
