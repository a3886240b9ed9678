package dev.millrace.fdl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.millrace.schema.fleet.AcceleratorKind;
import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.function.FunctionSpec;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.StoreId;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FdlConverterTest {
  private static final StoreId S3 = new StoreId("s3.default");

  private static Conversion convert(String... files) {
    return FdlConverter.convert(
        Arrays.stream(files)
            .map(text -> new Conversion.Source("scar.yaml", text.getBytes(UTF_8), "", Fdl.SCRIPTS))
            .toList());
  }

  private static String resource(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(FdlConverterTest.class.getResourceAsStream("convert/" + name))) {
      return new String(in.readAllBytes(), UTF_8);
    }
  }

  private static List<FunctionSpec> read(Conversion conversion) {
    assertThat(conversion.errors()).isEmpty();
    FdlResult result = FdlReader.read("new.yaml", conversion.yaml().getBytes(UTF_8), Fdl.PATHS);
    assertThat(result.errors()).isEmpty();
    assertThat(result.functions()).hasSize(conversion.functions());
    return result.functions();
  }

  private static List<String> warnings(Conversion conversion) {
    return conversion.problems().stream().map(Problem::toString).toList();
  }

  @Test
  void whatIsOfNoFunctionIsNotedWithItsWholePath() {
    String text =
        "functions: {f: {image: a}}\nstorage_providers: {minio: {far: {}}, s3: {far: {}}}\n";

    assertThat(unbroken(convert(text)))
        .contains("not carried over: storage_providers.minio.far: configure store 'minio.far'")
        .contains("not carried over: storage_providers.s3.far: configure store 's3.far'");
  }

  /** The file with each comment on one line. */
  private static String unbroken(Conversion conversion) {
    return conversion.yaml().replaceAll("\n *#     ", " ");
  }

  @Test
  void everyKeyOfTheOldLayoutIsCarriedOverOrNamed() throws IOException {
    Conversion conversion = convert(resource("scar1-every-key.yaml"));
    FunctionSpec spec = read(conversion).getFirst();

    assertThat(spec.name().value()).isEqualTo("scar-grayify");
    assertThat(spec.code().image()).isEqualTo("grycap/imagemagick");
    assertThat(conversion.yaml()).contains("    script: src/grayify-image.sh\n");
    assertThat(spec.resources().memory()).isEqualTo(new MemoryMib(1024));
    assertThat(spec.rules().timeout()).isEqualTo(Duration.ofSeconds(120));
    assertThat(spec.variables())
        .isEqualTo(Map.of("QUALITY", "90", "VERSION", "1.0", "MESSAGE", "a: b # c"));
    assertThat(spec.secrets()).isEqualTo(Map.of("API_KEY", "scar-grayify.API_KEY"));
    assertThat(spec.labels())
        .isEqualTo(Map.of("log_level", "DEBUG", "description", "Makes pictures grey"));
    assertThat(
            spec.inputs()
                .getFirst()
                .covers(new ObjectName(S3, "scar-pictures", "scar-grayify/input/a.png")))
        .isTrue();
    assertThat(spec.outputs().getFirst().target("a.png"))
        .contains(new ObjectName(S3, "scar-pictures", "scar-grayify/output/a.png"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "run_script",
        "c_args",
        "extra_payload",
        "lang",
        "handler",
        "layers",
        "vpc",
        "data_binary",
        "json_data",
        "parameters",
        "lambda_environment",
        "api_gateway",
        "lambda_role",
        "iam",
        "cloudwatch"
      })
  void whatTheOldLayoutHasWithoutCounterpartIsNamedAndNoted(String key) throws IOException {
    Conversion conversion = convert(resource("scar1-every-key.yaml"));

    assertThat(warnings(conversion))
        .anySatisfy(w -> assertThat(w).contains("scar-grayify." + key + ": not honoured: "));
    assertThat(conversion.yaml()).contains("# warning: " + key + ": not honoured: ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "asynchronous",
        "name",
        "profile",
        "region",
        "timeout_threshold",
        "execution_mode",
        "memory",
        "time"
      })
  void whatOnlySteersScarIsDroppedInSilence(String key) throws IOException {
    assertThat(warnings(convert(resource("scar1-every-key.yaml"))))
        .noneMatch(w -> w.contains("scar-grayify." + key + ":"));
  }

  @Test
  void neitherTheProblemsNorTheFileRepeatASecret() throws IOException {
    Conversion conversion = convert(resource("scar1-every-key.yaml"));

    assertThat(conversion.toString()).doesNotContain("hunter2");
    assertThat(warnings(conversion))
        .anySatisfy(w ->
            assertThat(w)
                .endsWith(
                    "API_KEY: the value is left out; set it before deploy: millrace secret set"
                        + " scar-grayify.API_KEY"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "oscar: [{name: sec, image: a, script: s.sh, environment: {secrets: {KEY: hunter2}}}]",
        "oscar: [{name: sec, image: a, script: s.sh, environment: {secrets: {KEY: ''}}}]",
        "sec: {image: a, secrets: {KEY: hunter2}}",
        "sec: {image: a, secrets: [KEY]}",
      })
  void theConvertedFileNamesTheCommandThatStoresASecret(String functions) {
    Conversion conversion = convert("functions: {" + functions + "}");

    assertThat(read(conversion).getFirst().secrets()).isEqualTo(Map.of("KEY", "sec.KEY"));
    assertThat(unbroken(conversion))
        .contains("set it before deploy: millrace secret set sec.KEY\n")
        .doesNotContain("hunter2")
        .doesNotContain("goes into");
  }

  @ParameterizedTest
  @ValueSource(strings = {"scar", "oscars", "laws", "aws1", "Millrace", "oscar", "aws", "millrace"})
  void aFunctionOfTheOldLayoutMayBeCalledAlmostAsAListIs(String name) {
    String text = "functions: {" + name + ": {image: a, memory: 128}}";

    assertThat(read(convert(text))).singleElement().matches(f -> f.name().value().equals(name));
    assertThat(Fdl.texts(Fdl.read(text)))
        .singleElement()
        .asString()
        .contains("layout of SCAR 1 to 3", "'millrace convert FILE'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "functions: {oscra: {c1: {name: f, image: a, script: s.sh}}}",
        "functions: {oscra: [{name: f, image: a, script: s.sh}]}",
      })
  void aListThatIsMistypedIsStillASlip(String text) {
    assertThat(warnings(convert(text)))
        .anySatisfy(w -> assertThat(w).contains("did you mean 'oscar'?"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "functions: {oscar: [{name: f, image: a, script: ./fetch.sh}]}",
        "functions: {aws: [{lambda: {name: f, init_script: fetch.sh, container: {image: a}}}]}",
        "functions: {f: {image: a, init_script: fetch.sh}}",
      })
  void whatAScriptBesideTheFileWantsIsToldAndNoted(String text) {
    byte[] script = "#!python3\n\ncurl -O http://example.org/x\n".getBytes(UTF_8);
    SentFiles beside = new SentFiles(Map.of("fetch.sh", script));
    Conversion conversion =
        FdlConverter.convert(
            List.of(new Conversion.Source("a.yaml", text.getBytes(UTF_8), "old/", beside)));

    assertThat(unbroken(conversion))
        .contains("    script: old/fetch.sh\n")
        .contains(
            "script: line 3 of the script calls 'curl', and a container has no network here;"
                + " where it needs one, say 'network: open' in the converted file\n")
        .contains("script: its first line, '#!python3', names no absolute path")
        .doesNotContain("millrace convert' writes");
    assertThat(warnings(conversion)).anySatisfy(w -> assertThat(w).contains("calls 'curl'"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\u2028", "\u2029", "\u0085", "\r", "\u000b", "\u000c"})
  void noTextOfTheOldFileEndsAComment(String end) throws IOException {
    String evil = "x" + end + "functions: {}" + end + "stolen: true" + end;
    String yaml =
        "functions:\n  aws:\n    - lambda:\n        name: f\n        container: {image: i}\n"
            + "        \""
            + escaped(evil)
            + "\": 1\n";

    String converted = convert(yaml).yaml();

    assertThat(converted).contains("stolen: true").doesNotContain(evil);
    assertThat(new YAMLMapper().readTree(converted).fieldNames())
        .toIterable()
        .containsExactly("functions");
    // Every line break of YAML 1.1 (section 4.1.4), each reader's own idea of it aside.
    for (String line : converted.split("[\n\r\u0085\u2028\u2029]")) {
      if (line.contains("stolen")) {
        assertThat(line.strip()).startsWith("#");
      }
    }
    assertThat(converted).doesNotContainPattern("[\r\u0085\u2028\u2029\u000b\u000c]");
  }

  private static String escaped(String text) {
    StringBuilder out = new StringBuilder();
    text.chars().forEach(c -> out.append(c < 32 || c > 126 ? "\\u%04x".formatted(c) : (char) c));
    return out.toString();
  }

  @Test
  void aChainOfTheOldLayoutStaysAChain() throws IOException {
    Conversion conversion = convert(resource("scar2-chain.yaml"));
    List<FunctionSpec> specs = read(conversion);

    ObjectName frame = specs.getFirst().outputs().getFirst().target("frame-1.jpg").orElseThrow();
    assertThat(specs.getLast().inputs().getFirst().covers(frame)).isTrue();
    assertThat(specs.getLast().outputs().getFirst().folder()).isEqualTo("found");
    assertThat(specs.getFirst().variables()).isEqualTo(Map.of("FRAMES", "10", "TITLE", "a = b"));
    assertThat(specs.getLast().variables()).isEqualTo(Map.of("THRESHOLD", "0.5"));
    assertThat(specs.getLast().secrets()).isEqualTo(Map.of("TOKEN", "scar-darknet.TOKEN"));
    assertThat(warnings(conversion)).anySatisfy(w -> assertThat(w).contains("$SCAR_INPUT_FILE"));
  }

  @Test
  void aBatchFunctionOfTheOldLayoutKeepsItsGpuAndABucketWithAFolder() throws IOException {
    Conversion conversion = convert(resource("scar3-batch.yaml"));
    FunctionSpec split = read(conversion).getFirst();

    assertThat(split.resources().memory()).isEqualTo(new MemoryMib(8192));
    assertThat(split.resources().cpuMillis()).isEqualTo(4_000);
    assertThat(split.resources().accelerator().kind()).isEqualTo(AcceleratorKind.GPU);
    assertThat(split.inputs().getFirst().folder()).isEqualTo("scar-split/input");
    assertThat(split.outputs().getFirst().folder()).isEqualTo("split/frames");
    assertThat(conversion.yaml()).contains("# Batch knows no timeout: chosen here");
  }

  @Test
  void defaultsOfTheOtherLanguageAreWrittenOutAndCalledSo() {
    Conversion oscar =
        convert(
            "functions: {oscar: [{c: {name: f, image: a, script: s.sh, input: [{path: aaa}]}}]}");

    assertThat(oscar.yaml())
        .contains("    memory: 256Mi  # default of OSCAR\n")
        .contains("    cpu: 200m  # default of OSCAR\n")
        .contains("    timeout: 1h  # OSCAR knows no timeout: chosen here\n")
        .contains("    network: none  # ")
        .contains("  # warning: ");
    assertThat(convert("functions: {old: {image: a}}").yaml())
        .contains("    memory: 512Mi  # default of SCAR\n")
        .contains("    timeout: 5m  # default of SCAR\n");
  }

  @Test
  void aDeployRefusesTheOldLayoutAndNamesTheCommand() {
    assertThat(Fdl.texts(Fdl.read("functions: {old: {image: a, memory: 128}}")))
        .singleElement()
        .asString()
        .contains("layout of SCAR 1 to 3")
        .contains("'millrace convert FILE'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "functions: {f: {image_file: a.tar.gz}}|push the image to a registry",
        "functions: {f: {memory: 128}}|key 'image' is missing",
        "functions: {f: {image: a, init_script: /tmp/x.sh}}|must be relative",
        "functions: {f: {image: a, init_script: ../x.sh}}|leaves the folder",
        "functions: {f: {image: a, memory: 1Gi}}|not a whole number",
        "functions: {f: {image: a, time: soon}}|not a duration",
        "functions: {f: {image: a, execution_mode: cloud}}|unknown word",
        "functions: {f: {image: a, s3: {input_folder: x}}}|without 'input_bucket'",
        "functions: {f: {image: a, s3: {input_bucket: x}}}|not a bucket's name",
        "functions: {f: {image: a, environment: [A]}}|allowed: NAME=value",
        "functions: {f: {image: a, environment: {A: {b: c}}}}|must be text",
        "functions: {f g: {image: a}}|function name must match",
        "functions: {f: {image: a, s3: {input_bucket: bbb, input_folder: x, output_folder: x}}}|loop",
        "functions: {millrace: [{name: f, image: a}]}|in Millrace's words already",
        "functions: {oscar: [{name: f, image: a, script: s, input: [{path: aaa, storage_provider: onedata.x}]}]}|has no counterpart",
        "functions: {}|names no functions",
        "functions: {f: just text}|unknown key",
        "hello|must be a map",
      })
  void whatCannotBeConvertedIsRefusedWithWhatToDo(String text, String words) {
    Conversion conversion = convert(text);

    assertThat(conversion.yaml()).isEmpty();
    assertThat(conversion.errors()).isNotEmpty();
    assertThat(warnings(conversion)).anySatisfy(w -> assertThat(w).contains(words));
  }

  @Test
  void twoFilesBecomeOneUnlessTheyShareAName() {
    String one = "functions: {one: {image: a}}";

    assertThat(read(convert(one, "functions: {two: {image: b}}"))).hasSize(2);
    assertThat(warnings(convert(one, one)))
        .anySatisfy(w -> assertThat(w).contains("is the name of a function of scar.yaml too"));
  }

  @Test
  void pathsAreNamedFromWhereTheConvertedFileIs() {
    Conversion conversion =
        FdlConverter.convert(
            List.of(
                new Conversion.Source(
                    "a.yaml",
                    "functions: {f: {image: a, init_script: ./s.sh}}".getBytes(UTF_8),
                    "old/scar/",
                    Fdl.SCRIPTS)));

    assertThat(conversion.yaml()).contains("    script: old/scar/s.sh\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null", "~", "yes", "0x1F", "1e3", "12:30:00", "2026-11-22", "- a", "a: b", "a #b", "#a",
        "'quoted'", "\"quoted\"", " spaces ", "{a: b}", "[a]", "&a", "*a", "!tag", "%a", "@a",
            "`a`",
        "|", ">", "?", "a\\b", "caf\u00e9", "\u4f60\u597d", "\uD83D\uDE00", "x\u00a0y", "\u2028",
            "=", "<<",
        "line\nline", "tab\there", "$A ${B}", "-", "---", "...", "a,b"
      })
  void everyTextOfAVariableComesThroughForEveryReader(String text) throws IOException {
    String json = SchemaKeys.JSON.writeValueAsString(text);
    Conversion conversion = convert("functions: {f: {image: a, environment: {A: " + json + "}}}");

    assertThat(read(conversion).getFirst().variables()).isEqualTo(Map.of("A", text));
    JsonNode other = new YAMLMapper().readTree(conversion.yaml());
    assertThat(other.at("/functions/millrace/0/environment/variables/A"))
        .isEqualTo(SchemaKeys.JSON.valueToTree(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "#!/bin/sh\necho one\n",
        "one\ntwo",
        "  indented\nfirst\n",
        "\nblank\nfirst\n",
        "a\n\n\n",
        "a \n b\t\n\tc\n",
        "caf\u00e9\nb\n",
        "\tx\ny\n",
        "a\n   \nb\n"
      })
  void aScriptInTheFileComesThrough(String script) throws IOException {
    String json = SchemaKeys.JSON.writeValueAsString(script);
    Conversion conversion =
        convert("functions: {oscar: [{name: f, image: a, script: " + json + "}]}");

    assertThat(read(conversion).getFirst().code().script()).isEqualTo(script);
  }
}
