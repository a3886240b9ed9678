package dev.millrace.fdl;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever bytes come, the answer is a result with places, and soon. */
class BadInputTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final String GOOD =
      """
      functions:
        millrace:
        - name: f
          image: debian
          input: [{path: aaa}]
          output: [{path: bbb}]
      """;

  private static FdlResult soon(byte[] bytes) {
    return assertTimeoutPreemptively(SOON, () -> Fdl.read(bytes));
  }

  private static void refused(byte[] bytes, String place, String words) {
    FdlResult result = soon(bytes);

    assertThat(result.functions()).isEmpty();
    assertThat(Fdl.texts(result))
        .singleElement()
        .asString()
        .startsWith("fn.yaml:" + place + ": error: ")
        .contains(words);
  }

  private static void refused(String text, String place, String words) {
    refused(text.getBytes(UTF_8), place, words);
  }

  @Test
  void anEmptyFileIsSaidToBeEmpty() {
    refused("", "1:1", "the file is empty");
    refused("# only a comment\n", "1:1", "the file is empty");
  }

  @ParameterizedTest
  @ValueSource(strings = {"just text", "- a\n- b\n", "42", "[]"})
  void aRootThatIsNoMapIsRefused(String text) {
    refused(text, "1:1", "must be a map");
  }

  /** Values begin with whatever a generator of passwords makes. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "!pa55word",
        "!!pa55word",
        "!pa55word!x",
        "!<pa55word",
        "!pa55word {a: b}",
        "!pa55word [a]",
        "!!pa55word [a]",
        "*pa55word",
        "*pa55word*",
        "*pa55word: x",
        "&pa55word",
        "&pa55word!",
        "&pa55word !pa55word",
        "%pa55word",
        "@pa55word",
        "`pa55word",
        "|pa55word",
        ">pa55word",
        "{pa55word",
        "[pa55word",
        "}pa55word",
        "]pa55word",
        "? pa55word",
        "- pa55word",
        "\"pa55word\\q",
        "\"pa55word",
        "'pa55word",
        "\"x\" pa55word",
        "x: pa55word: y",
        "<<pa55word"
      })
  void aFaultyValueIsNotRepeated(String value) {
    for (String key : new String[] {"secrets:\n      A: ", "secrets: {A: "}) {
      String end = key.contains("{") ? "}\n" : "\n";
      FdlResult result = Fdl.read(GOOD + "    " + key + value + end);

      assertThat(String.join("\n", Fdl.texts(result))).isNotEmpty().doesNotContain("pa55");
    }
  }

  @Test
  void tagsAndAliasesAreSaidToBeQuoted() {
    refused(GOOD + "    labels: {a: !word }\n", "7:17", "in quotes");
    refused(GOOD + "    labels: {a: *word}\n", "7:17", "in quotes");
  }

  @Test
  void aFileThatNamesNoFunctionsIsRefused() {
    refused("functions:\n", "1:1", "'functions' is missing");
    refused("functions: {}\n", "1:12", "names no functions");
    refused("functions: {millrace: [], oscar: }\n", "1:12", "names no functions");
    refused("functions: []\n", "1:12", "must be a map");
    refused("functions:\n  millrace: {a: b}\n", "2:13", "must be a list");
    refused("functions:\n  millrace:\n  - just text\n", "3:5", "must be a map");
  }

  @Test
  void aSlipInAListsNameAndTheOldLayoutOfScarAreNamed() {
    assertThat(Fdl.texts(Fdl.read("functions:\n  milrace: []\n")))
        .anySatisfy(t -> assertThat(t).contains("unknown key; did you mean 'millrace'?"));
    assertThat(Fdl.texts(Fdl.read("functions:\n  cow: {image: a, memory: 128}\n")))
        .anySatisfy(t -> assertThat(t).contains("layout of SCAR 1 to 3"));
  }

  @Test
  void crlfAndAByteOrderMarkAreReadAsIfTheyWereNotThere() {
    FdlResult crlf = Fdl.read(GOOD.replace("\n", "\r\n"));
    FdlResult mark = Fdl.read("\uFEFF" + GOOD);

    assertThat(crlf).isEqualTo(Fdl.read(GOOD));
    assertThat(mark).isEqualTo(Fdl.read(GOOD));
    assertThat(crlf.functions()).hasSize(1);
  }

  @Test
  void crlfInsideAnInlineScriptBecomesLineFeeds() {
    FdlResult result =
        Fdl.read((GOOD + "    script: |\n      one\n      two\n").replace("\n", "\r\n"));

    assertThat(Fdl.only(result).code().script()).isEqualTo("one\ntwo\n");
  }

  @Test
  void tabsAreFineBehindAValueAndRefusedAsIndentation() {
    assertThat(Fdl.read(GOOD.replace("debian", "debian\t")).functions()).hasSize(1);
    refused("functions:\n\tmillrace: []\n", "2:1", "TAB");
  }

  @Test
  void forbiddenCharactersAreRefusedAtTheirPlace() {
    refused(GOOD.replace("debian", "deb\0ian"), "4:15", "U+0000");
    refused(GOOD.replace("debian", "deb\u0007ian"), "4:15", "U+0007");
    refused((GOOD + "# \u001B[31m\n").replace("\n", "\r\n"), "7:3", "U+001B");
  }

  @Test
  void bytesThatAreNotUtf8AreRefusedAtTheirPlace() {
    refused(GOOD.replace("debian", "d\u00e9bian").getBytes(ISO_8859_1), "4:13", "0xE9");
    refused(GOOD.getBytes(UTF_16), "1:1", "UTF-16");
    refused(new byte[] {(byte) 0xC3}, "1:1", "not UTF-8");
  }

  @Test
  void aKeyGivenTwiceIsRefusedWithBothPlaces() {
    FdlResult result = Fdl.read(GOOD + "    image: other\n");

    assertThat(result.functions()).isEmpty();
    assertThat(Fdl.texts(result))
        .containsExactly(
            "fn.yaml:7:5: error: functions.millrace[0].image: key given twice;"
                + " first at line 4, column 5");
  }

  @Test
  void aKeyGivenTwiceInOneEntryLeavesTheOthersAlone() {
    FdlResult result = Fdl.read(GOOD + "  - {name: g, name: h, image: a, input: [{path: ccc}]}\n");

    assertThat(result.functions()).hasSize(1);
    assertThat(result.errors()).hasSize(1);
  }

  @Test
  void severalDocumentsAreRefused() {
    refused(GOOD + "---\n" + GOOD, "7:1", "more than one document");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "functions: [a",
        "functions: {a: b",
        "functions: \"a",
        "a: b: c",
        "a:\n  b\n c: d",
        "%YAML 9.9\n---\na: b",
        "a: *nowhere",
        "a: !!java.net.URL [x]",
        "a: @x",
        "? [a]\n: b",
        "&a a: *a",
        "a: &x [*x]",
        "functions: &f {millrace: [*f]}",
        "<<: text",
        "functions: {millrace: [{name: f, image: !secret x, input: [{path: aaa}]}]}",
      })
  void brokenOrStrangeYamlIsAnErrorWithAPlace(String text) {
    FdlResult result = soon(text.getBytes(UTF_8));

    assertThat(result.functions()).isEmpty();
    assertThat(result.errors()).isNotEmpty();
    assertThat(Fdl.texts(result)).allSatisfy(t -> assertThat(t).matches("fn.yaml:\\d+:\\d+: .*"));
  }

  @Test
  void anchorsAndMergeKeysAreWrittenOut() {
    FdlResult result =
        Fdl.read(
            """
            x-base: &base
              image: debian
              timeout: 60s
              input: &in [{path: aaa}]
            functions:
              millrace:
              - <<: *base
                name: f
                timeout: 90s
                output: [{path: bbb}]
              - <<: [{name: g}, *base]
                input: *in
                output: [{path: ccc}]
            """);

    assertThat(result.problems()).isEmpty();
    assertThat(result.functions()).hasSize(2);
    assertThat(result.functions().getFirst().rules().timeout()).isEqualTo(Duration.ofSeconds(90));
    assertThat(result.functions().getLast().rules().timeout()).isEqualTo(Duration.ofSeconds(60));
  }

  @Test
  void aliasesThatBombAreRefused() {
    StringBuilder lists = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 10; i++) {
      String alias = "*a" + (i - 1);
      lists.append(
          "a%d: &a%d [%s, %s, %s, %s, %s]\n".formatted(i, i, alias, alias, alias, alias, alias));
    }
    FdlResult wide = soon((lists + GOOD).getBytes(UTF_8));

    assertThat(wide.functions()).isEmpty();
    assertThat(Fdl.texts(wide)).singleElement().asString().matches(".*(elements|levels).*");

    String many = "a: &a [x]\nb: [" + "*a, ".repeat(200) + "]\n";
    assertThat(Fdl.texts(soon((many + GOOD).getBytes(UTF_8))))
        .singleElement()
        .asString()
        .contains("aliases");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{a: ", "- ", "? ", "{? "})
  void deepNestingIsRefused(String level) {
    FdlResult result = soon(level.repeat(50_000).getBytes(UTF_8));

    assertThat(result.functions()).isEmpty();
    assertThat(Fdl.texts(result)).singleElement().asString().contains("deeper than");
  }

  @Test
  void filesOfTenMebibytesAreReadOrRefusedSoon() {
    int full = 10 * 1024 * 1024;
    String line = "#" + "x".repeat(128 * 1024 - 2) + "\n";
    String comment = line.repeat(79) + " ".repeat(128 * 1024 - GOOD.length() - 1) + "\n";
    String script = "    script: |\n" + ("      " + "y".repeat(9_993) + "\n").repeat(1_000);
    assertThat(soon((comment + GOOD).getBytes(UTF_8)).functions()).hasSize(1);
    assertThat(Fdl.texts(soon((GOOD + script).getBytes(UTF_8))))
        .singleElement()
        .asString()
        .contains("a script may have 1048576");

    refused(("x" + comment + line + GOOD).getBytes(UTF_8), "1:1", "allowed are 10485760");
    refused("- a\n".repeat(full / 4).getBytes(UTF_8), "199998:3", "more than 200000 elements");
    refused("a".repeat(full).getBytes(UTF_8), "1:1", "line is longer than");
    refused(GOOD + "# " + "\u00e9".repeat(300_000), "7:1", "line is longer than");
    refused(("a".repeat(100) + "\n").repeat(90_000), "1:1", "must be a map");
    refused("\"" + "\\n \n".repeat(2_000_000) + "\"", "1:1", "must be a map");
  }

  @Test
  void tensOfThousandsOfProblemsAreCountedAndTheFirstAreListed() {
    StringBuilder keys = new StringBuilder();
    for (int i = 0; i < 38; i++) {
      keys.append("unheard_of_").append(i).append(": x, ");
    }
    String entries = ("  - {" + keys + "}\n").repeat(1_000);
    FdlResult result = soon(("functions:\n  millrace:\n" + entries).getBytes(UTF_8));

    assertThat(result.problems()).hasSize(Problems.KEPT + 1);
    assertThat(result.problems().getLast().toString()).contains("39000 more problems");
  }

  @Test
  void tensOfThousandsOfUnknownKeysOrLoopsAreToldSoon() {
    StringBuilder keys = new StringBuilder(GOOD);
    for (int i = 0; i < 40_000; i++) {
      keys.append("    a_rather_long_key_that_nobody_ever_asked_for_").append(i).append(": x\n");
    }
    StringBuilder loops = new StringBuilder("functions:\n  millrace:\n");
    for (int i = 0; i < 1_000; i++) {
      loops.append(
          "  - {name: f%d, image: a, input: [{path: b%d}], output: [{path: b%d}]}\n"
              .formatted(i, i + 100, i + 100));
    }

    assertThat(soon(keys.toString().getBytes(UTF_8)).functions()).isEmpty();
    assertThat(soon(loops.toString().getBytes(UTF_8)).functions()).isEmpty();
  }

  @Test
  void whatATerminalWouldObeyIsWrittenOut() {
    FdlResult result = Fdl.read(GOOD.replace("debian", "\"a\\e[31m b\""));

    assertThat(Fdl.texts(result))
        .singleElement()
        .asString()
        .contains("\\u001b")
        .doesNotContain("\u001B");
  }

  @Test
  void mutatedFilesNeverThrow() {
    Random random = new Random(20_261_122);
    byte[] good =
        (GOOD + "    accelerator: {kind: gpu, memory: 1Gi}\n    retry: 3\n").getBytes(UTF_8);
    byte[] spice = "\n\t :-{}[]&*!|>'\"%@`#?,~<\0\u00ff0123".getBytes(ISO_8859_1);
    for (int round = 0; round < 5_000; round++) {
      byte[] bytes = good.clone();
      for (int i = 0; i <= random.nextInt(4); i++) {
        bytes[random.nextInt(bytes.length)] = spice[random.nextInt(spice.length)];
      }
      FdlResult result = Fdl.read(bytes);
      assertThat(result.functions().size() + result.errors().size())
          .as("seed 20261122, round %d: %s", round, new String(bytes, ISO_8859_1))
          .isPositive();
    }
  }
}
