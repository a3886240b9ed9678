package dev.millrace.fdl;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MillraceValuesTest {
  @ParameterizedTest
  @CsvSource({
    "1Gi,1024",
    "512M,489",
    "1048576,1",
    "1048577,2",
    "1.5Gi,1536",
    "2e9,1908",
    "0.5Ti,524288",
    "268435456000m,256"
  })
  void memoryIsReadAsKubernetesWritesIt(String text, long mib) {
    assertThat(Fdl.only(Fdl.millrace("memory: " + text)).resources().memory().value())
        .isEqualTo(mib);
  }

  @ParameterizedTest
  @CsvSource({"512,512Mi", "512MB,512Mi", "2GB,2Gi", "2gi,2Gi"})
  void aLikelyMeaningOfAWrongMemoryIsNamed(String text, String meant) {
    assertThat(Fdl.texts(Fdl.millrace("memory: " + text)))
        .singleElement()
        .asString()
        .startsWith("fn.yaml:10:13: error: functions.millrace[0].memory: ")
        .endsWith("did you mean '" + meant + "'?");
  }

  @ParameterizedTest
  @CsvSource({"1.0,1000,100", "'''1.0''',1000,100", "250m,250,25", "0.0011,2,1", "4,4000,100"})
  void cpuIsReadAsKubernetesWritesIt(String text, int millis, int percent) {
    var resources = Fdl.only(Fdl.millrace("cpu: " + text)).resources();

    assertThat(resources.cpuMillis()).isEqualTo(millis);
    assertThat(resources.accelerator().computePercent()).isEqualTo(percent);
  }

  @ParameterizedTest
  @CsvSource({"120s,120", "5m,300", "300,300", "'\"300\"',300", "2h,7200", "1d,86400", "1m30s,90"})
  void durationsAreSecondsOrHaveUnits(String text, long seconds) {
    assertThat(Fdl.only(Fdl.millrace("timeout: " + text)).rules().timeout())
        .isEqualTo(Duration.ofSeconds(seconds));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "timeout: soon",
        "timeout: 0",
        "timeout: -5",
        "timeout: 31d",
        "timeout: 99999999999999999999s",
        "timeout: [5]",
        "timeout: 1.5h",
        "memory: lots",
        "memory: 0",
        "memory: 1e99",
        "memory: -1Gi",
        "memory: {a: 1}",
        "cpu: 0",
        "cpu: -1",
        "cpu: 1e40",
        "cpu: one",
        "cpu: .nan",
        "priority: 101",
        "priority: 1.5",
        "priority: 007",
        "priority: 99999999999999999999999999",
        "retry: 0",
        "retry: 101",
        "retry: {attempts: many}",
        "retry: {delay: 10m, delay_max: 1m}",
        "retry: {atempts: 3}",
        "network: full",
        "runner: dokcer",
        "staging: zip",
        "publication: none",
        "warm: -1",
        "replicas: 0",
        "resident: 2",
        "log_level: LOUD",
        "labels: [a]",
        "labels: {a: [b]}",
        "secrets: {A: 'two words'}",
        "secrets: {MILLRACE_X: a}",
        "environment: {variables: {A: [x]}}",
        "environment: {variables: {'A=B': x}}",
        "environment: {variables: {MILLRACE_X: x}}",
        "environment: {variables: {A: x}, Variables: {B: y}}",
        "environment: {vars: {A: x}}",
        "environment: text",
        "accelerator: abacus",
        "accelerator: {count: 1}",
        "accelerator: {kind: gpu, count: 0}",
        "accelerator: {kind: gpu, count: 65}",
        "accelerator: {kind: gpu, compute: 0}",
        "accelerator: {kind: gpu, compute: 101}",
        "accelerator: {kind: gpu, sharing: shared}",
        "accelerator: {kind: gpu, compute: 50}",
        "accelerator: {kind: gpu, memroy: 5Gi}",
        "accelerator: {kind: cpu, count: 2}",
        "accelerator: [gpu]",
        "price: {per_mib_second: 1}",
        "price: {per_mib_second: 1, per_gib_hour: 1, currency: EUR}",
        "price: {per_mib_second: 1e-12, currency: EUR}",
        "price: {per_mib_second: -1, currency: EUR}",
        "price: {per_mib_second: 1e99, currency: EUR}",
        "price: {per_gib_hour: 1, currency: euro}",
        "price: {currency: EUR}",
        "files: [nowhere.txt]",
        "files: ['*.txt']",
        "files: [lib/model.bin, lib/../lib/model.bin]",
        "files: [data.txt, data.txt]",
        "files: [/etc/passwd]",
        "files: text",
      })
  void oneWrongValueIsOneErrorAndNoFunction(String line) {
    FdlResult result = Fdl.millrace(line);

    assertThat(result.errors()).hasSize(1);
    assertThat(result.functions()).isEmpty();
    assertThat(result.errors().getFirst().place().line()).isEqualTo(10);
  }
}
