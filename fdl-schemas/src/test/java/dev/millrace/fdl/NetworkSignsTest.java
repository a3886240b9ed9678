package dev.millrace.fdl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkSignsTest {
  private static FdlResult oscar(String script, String variables) {
    return Fdl.read(
        """
        functions:
          oscar:
          - cluster:
              name: f
              image: debian
              environment: {variables: {%s}}
              input: [{path: box/in}]
              output: [{path: box/out}]
              script: |
        """
                .formatted(variables)
            + script.indent(8));
  }

  private static List<String> warnings(FdlResult result) {
    return result.warnings().stream()
        .map(problem -> problem.finding().what())
        .filter(what -> what.contains("no network"))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "curl -O $URL",
        "if ! wget -q x; then exit 1; fi",
        "x=$(curl -s \"$API\")",
        "pip install torch",
        "pip3 install torch",
        "cd /tmp && git clone $REPO",
        "apt-get install -y jq",
        "cat x | ssh host",
        "python3 x.py --model https://models.example.org/one",
        "python3 x.py --model http://$HOST/one",
      })
  void aScriptThatAsksForTheNetworkIsWarnedAbout(String line) {
    assertThat(warnings(oscar("#!/bin/sh\n" + line + "\n", "")))
        .singleElement()
        .asString()
        .startsWith("line 2 of the script ")
        .contains("millrace convert")
        .contains("network: open");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "# curl would do it",
        "cp \"$INPUT_FILE_PATH\" \"$TMP_OUTPUT_DIR/\"",
        "./curling --fast",
        "python3 wget_parser.py",
        "ffmpeg -i x y",
        "python3 client.py http://localhost:8080/predict",
        "python3 client.py http://127.0.0.1/predict",
      })
  void whatGivesNoSignIsNoNoise(String line) {
    assertThat(warnings(oscar("#!/bin/sh\n" + line + "\n", ""))).isEmpty();
  }

  @Test
  void onlyTheFirstSignOfAFunctionIsTold() {
    assertThat(warnings(oscar("true\ncurl a\nwget b\n", "API: 'https://example.org'"))).hasSize(1);
  }

  @Test
  void aVariableWithAnAddressIsNamedWithoutItsValue() {
    FdlResult result = oscar("true\ntrue\n", "B: plain, DB: 'postgresql://me:secret@db/x'");

    assertThat(warnings(result))
        .singleElement()
        .asString()
        .startsWith("variable 'DB' is an address")
        .doesNotContain("secret");
  }

  @Test
  void scarsFunctionsAreLookedAtToo() {
    FdlResult result =
        Fdl.read(
            """
            functions:
              aws:
              - lambda:
                  name: f
                  container: {image: debian}
                  input: [{storage_provider: s3, path: box/in}]
                  output: [{storage_provider: s3, path: box/out}]
                  init_script: |
                    true
                    wget x
            """);

    assertThat(warnings(result)).singleElement().asString().startsWith("line 2");
  }

  @Test
  void anAddressInAScriptIsShownWithoutWhatATerminalWouldObey() {
    assertThat(warnings(oscar("true\nrun https://x\u0007.example/y\n", "")))
        .allSatisfy(what -> assertThat(what).doesNotContain("\u0007"));
  }
}
