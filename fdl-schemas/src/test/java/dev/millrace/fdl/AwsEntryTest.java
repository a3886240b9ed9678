package dev.millrace.fdl;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schema.fleet.AcceleratorKind;
import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.function.FunctionSpec;
import dev.millrace.schema.function.InputRule;
import dev.millrace.schema.object.StoreId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AwsEntryTest {
  @Test
  void aLambdaIsReadWithScarsDefaults() {
    FdlResult result =
        Fdl.read(
            """
            functions:
              aws:
              - lambda:
                  name: arn:aws:lambda:us-east-1:1:function:video
                  init_script: script.sh
                  container:
                    image: ffmpeg
                    environment: {Variables: {LEVEL: 1.0}}
                  input: [{storage_provider: s3, path: video/in}]
                  output: [{storage_provider: s3, path: video/out, suffix: [avi]}]
            """);
    FunctionSpec spec = Fdl.only(result);

    assertThat(result.problems()).isEmpty();
    assertThat(spec.name().value()).isEqualTo("video");
    assertThat(spec.origin()).isEqualTo("aws");
    assertThat(spec.resources().memory()).isEqualTo(new MemoryMib(512));
    assertThat(spec.rules().timeout()).isEqualTo(Duration.ofSeconds(300));
    assertThat(spec.variables()).isEqualTo(Map.of("LEVEL", "1.0"));
    assertThat(spec.inputs())
        .containsExactly(
            new InputRule(new StoreId("s3.default"), "video", "in", List.of(), List.of()));
    assertThat(spec.outputs().getFirst().suffixes()).containsExactly("avi");
  }

  @Test
  void aBatchFunctionTakesBatchsMemoryAndGpu() {
    FunctionSpec spec =
        Fdl.only(
            Fdl.read(
                """
                functions:
                  aws:
                  - lambda:
                      name: f
                      memory: 128
                      execution_mode: batch
                      container: {image: a}
                      input: [{path: aaa}]
                      output: [{path: bbb}]
                    batch: {vcpus: 4, memory: 12288, enable_gpu: true}
                """));

    assertThat(spec.resources().memory()).isEqualTo(new MemoryMib(12_288));
    assertThat(spec.resources().cpuMillis()).isEqualTo(4_000);
    assertThat(spec.resources().accelerator().kind()).isEqualTo(AcceleratorKind.GPU);
    assertThat(spec.code().script()).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lambda: {name: f}",
        "lambda: {name: f, container: {}}",
        "lambda: {name: f, container: {image_file: a.tar.gz}}",
        "lambda: {container: {image: a}}",
        "lambda: {name: f, container: {image: a}, execution_mode: cloud}",
        "lambda: {name: f, container: {image: a}, memory: 1Gi}",
        "lambda: {name: f, container: {image: a}, init_script: /tmp/x.sh}",
        "batch: {vcpus: 1}",
      })
  void whatCannotBeReadIsOneErrorAndNoFunction(String entry) {
    FdlResult result = Fdl.read("functions: {aws: [{" + entry + "}]}");

    assertThat(result.functions()).isEmpty();
    assertThat(result.errors()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "api_gateway: {name: x}",
        "iam: {role: arn}",
        "cloudwatch: {region: x}",
        "ecr: {delete_image: true}",
        "s3: {region: x}",
        "batch: {multi_node_parallel: {enabled: true}}"
      })
  void whatHasNoCounterpartIsWarnedOfByName(String entry) {
    FdlResult result =
        Fdl.read(
            "functions: {aws: [{lambda: {name: f, container: {image: a}, input: [{path: aaa}],"
                + " output: [{path: bbb}]}, "
                + entry
                + "}]}");

    assertThat(result.functions()).hasSize(1);
    assertThat(Fdl.texts(result)).singleElement().asString().contains("not honoured: ");
  }
}
