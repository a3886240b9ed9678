package dev.millrace.fdl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schema.function.FunctionSpec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a function, and a file of them, may hold at most. */
class BoundsTest {
  private static final String HEAD = "functions.millrace[0].environment.variables";

  private static FdlResult variable(String name, String value) {
    return Fdl.millrace("environment:", "  variables:", "    " + name + ": \"" + value + "\"");
  }

  /** As it is in a file: lines are shorter than a text may be. */
  private static String folded(String text) {
    StringBuilder lines = new StringBuilder();
    for (int at = 0; at < text.length(); at += 50_000) {
      lines.append(text, at, Math.min(text.length(), at + 50_000)).append("\\\n          ");
    }
    return lines.toString();
  }

  @ParameterizedTest
  @ValueSource(strings = {"y", "\u00e9", "\u20ac", "\uD83D\uDE00"})
  void aVariableHasWhatLinuxTakesAndNoByteMore(String letter) {
    int letters = (Bounds.VARIABLE_BYTES - 3) / letter.getBytes(UTF_8).length;
    String most = letter.repeat(letters);

    assertThat(Fdl.only(variable("A", folded(most))).variables()).containsEntry("A", most);
    assertThat(Fdl.texts(variable("A", folded(most + "abcd"))))
        .singleElement()
        .asString()
        .contains(HEAD + ".A: has ", "Linux takes a variable of 131072: let the script read");
  }

  @Test
  void aVariableHasNoNul() {
    assertThat(Fdl.texts(variable("A", "a\\0b")))
        .singleElement()
        .asString()
        .startsWith("fn.yaml:12:12: error: " + HEAD + ".A: holds a NUL character");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"\"", "\"A=B\"", "\"A\\0\"", "\"A B\"", "1A", "\u00c4"})
  void aVariableHasANameThatAnEnvironmentCanHold(String name) {
    assertThat(Fdl.texts(variable(name, "x")))
        .singleElement()
        .asString()
        .contains("not a variable's name", "allowed: letters, digits, '_'");
  }

  @Test
  void aSecretHasNoNulAndNoMoreThanItMay() {
    for (String value : List.of("a\\0b", folded("y".repeat(Environment.VALUE_MAX + 1)))) {
      FdlResult result = Fdl.oscar("environment:", "  secrets:", "    A: \"" + value + "\"");

      assertThat(result.functions()).isEmpty();
      assertThat(result.given()).isEmpty();
      assertThat(result.errors())
          .singleElement()
          .asString()
          .contains("1 byte to 64 KiB, and no NUL");
    }
  }

  @Test
  void variablesTogetherHaveWhatLeavesRoomForTheRest() {
    String four = "    A%d: *a\n".repeat(4).formatted(1, 2, 3, 4);
    String text = "x-a: &a \"" + folded("y".repeat(131_052)) + "\"\n";
    String function =
        "functions:\n  millrace:\n  - name: f\n    image: a\n    environment:\n"
            + "     variables:\n"
            + four.indent(2);

    assertThat(Fdl.only(Fdl.read(text + function)).variables()).hasSize(4);
    assertThat(Fdl.read(text + function + "      B: \"" + "y".repeat(30) + "\"\n").errors())
        .singleElement()
        .asString()
        .contains(HEAD + ": the variables have 524297 bytes", "a function's may have 524288");
  }

  @Test
  void variablesAreNotWithoutNumber() {
    StringBuilder map = new StringBuilder("environment: {variables: {A: 1");
    for (int i = 1; i < 1_001; i++) {
      map.append(", A").append(i).append(": 1");
    }

    assertThat(Fdl.texts(Fdl.millrace(map + "}}")))
        .singleElement()
        .asString()
        .endsWith(HEAD + ": 1001 variables; a function may have 1000");
  }

  @Test
  void aFilterIsSomethingThatAKeyCanHave() {
    for (String key : List.of("prefix", "suffix")) {
      String place = "functions.millrace[0].output[0]." + key;
      String head = "functions: {millrace: [{name: f, image: a, output: [{path: box, " + key + ": ";
      assertThat(Fdl.read(head + "\"" + "\u00e9".repeat(512) + "\"}]}]}").errors()).isEmpty();
      assertThat(Fdl.read(head + "\"" + "\u00e9".repeat(513) + "\"}]}]}").errors())
          .singleElement()
          .asString()
          .contains(place + ": longer than any key: a filter has at most 1024 bytes");
      assertThat(Fdl.read(head + "[a, \"\\0\"]}]}]}").errors())
          .singleElement()
          .asString()
          .contains(place + "[1]: a filter has no control characters; found '\\u0000'");
    }
  }

  @Test
  void inputsOutputsAndFiltersAreCounted() {
    String inputs = "[" + "{path: box},".repeat(101) + "]";
    String filters = "[" + "a,".repeat(101) + "]";
    String head = "functions: {millrace: [{name: f, image: a, ";

    assertThat(Fdl.texts(Fdl.read(head + "input: " + inputs + "}]}")))
        .anySatisfy(p -> assertThat(p).endsWith("[0].input: 101 elements; allowed are 100"));
    assertThat(Fdl.texts(Fdl.read(head + "output: " + inputs + "}]}")))
        .anySatisfy(p -> assertThat(p).endsWith("[0].output: 101 elements; allowed are 100"));
    assertThat(Fdl.texts(Fdl.read(head + "input: [{path: box, suffix: " + filters + "}]}]}")))
        .anySatisfy(p -> assertThat(p).endsWith("suffix: 101 elements; allowed are 100"));
  }

  @Test
  void aFunctionWithAllOfItStaysARowOfTheJournal() {
    String labels = "labels: {a: \"" + folded("y".repeat(3 << 20)) + "\"}";

    assertThat(Fdl.millrace(labels).errors())
        .singleElement()
        .asString()
        .contains("functions.millrace[0]: the function has 31", "allowed are 2097152: ship what");
  }

  @Test
  void aScriptThatManyFunctionsNameIsCountedForEach() {
    byte[] script = ("#!/bin/sh\n#" + "x".repeat(900_000) + "\n").getBytes(UTF_8);
    StringBuilder text = new StringBuilder("functions:\n  millrace:\n");
    for (int i = 0; i < 100; i++) {
      text.append("  - {name: f").append(i).append(", image: a, script: big.sh}\n");
    }
    FdlResult result =
        FdlReader.read(
            "fn.yaml", text.toString().getBytes(UTF_8), new SentFiles(Map.of("big.sh", script)));

    assertThat(result.functions()).hasSize(18);
    assertThat(result.errors())
        .singleElement()
        .asString()
        .contains("[18]: from here on the file's functions have more than 16777216 bytes");
  }

  @Test
  void bytesAreCountedAsTheyAreWritten() {
    for (String text : List.of("", "a", "\u00e9", "\u20ac", "\uD83D\uDE00", "a\u0800\u07ff\0")) {
      assertThat(Bounds.utf8(text)).isEqualTo(text.getBytes(UTF_8).length);
    }
    FunctionSpec spec = Fdl.only(Fdl.millrace("labels: {ab: cde}", "secrets: {K: name}"));
    int script = String.valueOf(spec.code().script()).length();

    assertThat(Bounds.bytes(spec))
        .isEqualTo("debian".length() + script + 5 + "Kname".length() + "boxinboxout".length());
  }

  @Test
  void aLongTextOfColonsIsConverted() {
    String text = "a" + ":a".repeat(60_000);
    String file =
        "functions:\n  oscar:\n  - {name: f, image: a, script: \"true\\n\","
            + " environment: {variables: {A: \""
            + text
            + "\"}}}\n";
    Conversion conversion =
        FdlConverter.convert(
            List.of(new Conversion.Source("s.yaml", file.getBytes(UTF_8), "", Fdl.PATHS)));

    assertThat(conversion.errors()).isEmpty();
    assertThat(conversion.yaml()).contains("A: \"" + text + "\"");
  }
}
