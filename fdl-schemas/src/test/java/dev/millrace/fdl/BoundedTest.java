package dev.millrace.fdl;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are made to hurt: read and converted in bounded time, and with bounded memory. */
class BoundedTest {
  private static final int FULL = 10 * 1024 * 1024;
  private static final Duration SOON = Duration.ofSeconds(60);

  /** What reading 10 MiB may allocate in all, garbage included. */
  private static final long ALLOCATED_MAX = 800L * 1024 * 1024;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** A file and what its first error says. */
  record Hurting(String name, byte[] bytes, String says) {
    static Hurting of(String name, String text, String says) {
      return new Hurting(name, text.getBytes(UTF_8), says);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Hurting> files() {
    String good = "functions: {f: {image: a}}\n";
    return Stream.of(
        Hurting.of("alias bomb", good + bomb("[%s]"), "elements"),
        Hurting.of("merge bomb of lists", good + bomb("{<<: [%s], k: v}"), "elements"),
        Hurting.of("merge of itself", "a: &a {<<: *a}\n" + good, "alias"),
        Hurting.of("merge of many keys", merges(), "aliases"),
        Hurting.of("text bomb of values", textBomb("v%d: *t"), "characters"),
        Hurting.of("text bomb of secrets", textBomb("S%d: *t", "secrets"), "characters"),
        Hurting.of("text bomb of keys", keyBomb(), "characters"),
        Hurting.of("a path for each of many elements", longPaths(), "missing"),
        Hurting.of("a long key", "? " + "k".repeat(2_000) + "\n: v\n", "1024 characters"),
        Hurting.of("many functions", functions(1_001), "1001 functions; a file may have 1000"),
        Hurting.of("10 MiB in one line", "functions: " + "a".repeat(FULL - 20), "line is longer"),
        Hurting.of(
            "10 MiB of one quoted text", "f: \"" + "a\n ".repeat(FULL / 4) + "\"", "missing"),
        Hurting.of("10 MiB of a block", "f: |\n" + "  abc\n".repeat(FULL / 7), "missing"),
        Hurting.of("10 MiB of anchors", anchors(), "more than 200000 elements"),
        Hurting.of("10 MiB of comments", "# no\n".repeat(FULL / 5), "the file is empty"),
        Hurting.of("10 MiB and a byte", "#".repeat(99) + "\n" + "\n".repeat(FULL - 99), "allowed"),
        Hurting.of("brackets", "[".repeat(FULL / 100), "deeper than"),
        Hurting.of("a key of brackets", "? ".repeat(FULL / 100), "deeper than"),
        Hurting.of("tab as indentation", "functions:\n\tf: {image: a}\n", "TAB"),
        Hurting.of("NUL", "functions: {f: {image: \0}}", "U+0000"),
        Hurting.of("key twice", "functions: {f: {image: a, image: b}}", "key given twice"),
        Hurting.of("function twice", "functions: {f: {image: a}, f: {image: b}}", "given twice"),
        Hurting.of("two documents", good + "---\n" + good, "more than one document"),
        Hurting.of("empty", "", "the file is empty"),
        new Hurting("cut UTF-8", "functions: {f: {image: \u00e9}}".getBytes(ISO_8859_1), "0xE9"),
        new Hurting("surrogate in UTF-8", bytes("f: ", 0xED, 0xA0, 0x80), "not UTF-8"),
        new Hurting("overlong UTF-8", bytes("f: ", 0xC0, 0x80), "not UTF-8"),
        new Hurting("UTF-32", bytes("", 0xFF, 0xFE, 0, 0, 'f', 0, 0, 0), "UTF-16"),
        new Hurting("random bytes", bytes("", 0x80, 0x81, 0x00, 0x13), "not UTF-8"));
  }

  /** 20,000 aliases of 200 KB: 4 GB once they are written out. */
  private static String textBomb(String line) {
    return textBomb(line, "variables");
  }

  private static String textBomb(String line, String map) {
    StringBuilder text = new StringBuilder("x-a: &t \"" + "y".repeat(200_000) + "\"\n");
    text.append("functions:\n  oscar:\n  - {name: f, image: a, script: script.sh, environment: {");
    text.append(map).append(": {");
    for (int i = 0; i < 20_000; i++) {
      text.append(line.formatted(i)).append(",\n");
    }
    return text.append("}}}\n").toString();
  }

  private static String keyBomb() {
    StringBuilder text = new StringBuilder("x-k: &k " + "y".repeat(1_000) + "\nx-l:\n");
    return text.append("- {? *k : v}\n".repeat(20_000)).append("functions: {}\n").toString();
  }

  /** Each element has a path of 30 keys of 1,000 characters, if they are all written out. */
  private static String longPaths() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 30; i++) {
      text.append(" ".repeat(i)).append("? ").append("k".repeat(1_000)).append("\n");
      text.append(" ".repeat(i)).append(":\n");
    }
    return text.append((" ".repeat(30) + "- x\n").repeat(90_000)).toString();
  }

  private static String functions(int count) {
    StringBuilder text = new StringBuilder("functions:\n  millrace:\n");
    for (int i = 0; i < count; i++) {
      text.append("  - {name: f").append(i).append(", image: a}\n");
    }
    return text.toString();
  }

  private static byte[] bytes(String head, int... tail) {
    StringBuilder text = new StringBuilder(head);
    for (int b : tail) {
      text.append((char) b);
    }
    return text.toString().getBytes(ISO_8859_1);
  }

  private static String bomb(String form) {
    StringBuilder text = new StringBuilder("a0: &a0 {x0: y, x1: y, x2: y, x3: y}\n");
    for (int i = 1; i < 12; i++) {
      String alias = "*a" + (i - 1) + " ";
      String four = String.join(", ", alias, alias, alias, alias);
      text.append(String.format(Locale.ROOT, "a%d: &a%d " + form + "%n", i, i, four));
    }
    return text.toString();
  }

  private static String merges() {
    StringBuilder text = new StringBuilder("a: &a {");
    for (int i = 0; i < 900; i++) {
      text.append("key").append(i).append(": v, ");
    }
    text.append("}\n");
    for (int i = 0; i < 200; i++) {
      text.append('c').append(i).append(": {<<: *a }\n");
    }
    return text.toString();
  }

  private static String anchors() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; text.length() < FULL - 40; i++) {
      text.append("- &a").append(i).append(" x\n");
    }
    return text.toString();
  }

  @ParameterizedTest
  @MethodSource("files")
  void readingEndsSoonWithAPlaceAndLittleMemory(Hurting file) {
    FdlResult result = bounded(() -> FdlReader.read("bad.yaml", file.bytes(), Fdl.SCRIPTS));

    assertThat(result.functions()).isEmpty();
    says(result.errors(), file.says());
  }

  /** The reader is the same: one large file is enough. */
  static Stream<Hurting> filesToConvert() {
    return files().filter(f -> f.bytes().length < FULL / 2 || f.name().equals("10 MiB of a block"));
  }

  @ParameterizedTest
  @MethodSource("filesToConvert")
  void convertingEndsSoonWithTheSameErrorAndNothingWritten(Hurting file) {
    Conversion conversion =
        bounded(() ->
            FdlConverter.convert(
                List.of(new Conversion.Source("bad.yaml", file.bytes(), "", Fdl.PATHS))));

    assertThat(conversion.yaml()).isEmpty();
    says(conversion.errors(), file.says());
  }

  @ParameterizedTest
  @ValueSource(strings = {"\\uD800", "\\uDC00x", "a\\uD83D", "\\uDE00\\uD83D"})
  void halfACharacterIsRefusedWhereverItIs(String escape) {
    FdlResult result =
        Fdl.read(
            "functions: {millrace: [{name: f, image: a," + " labels: {a: \"" + escape + "\"}}]}");

    assertThat(result.functions()).isEmpty();
    assertThat(result.errors()).singleElement().asString().contains("half a character");
  }

  @Test
  void faultsBelowLongKeysEndAtFiveHundred() {
    String text = longPaths().replace("- x", "- !a x");
    FdlResult result = bounded(() -> Fdl.read(text));

    assertThat(result.errors()).hasSize(501);
    assertThat(result.errors().getLast().finding().what())
        .isEqualTo("more than 500 faults before this one");
  }

  @Test
  void aWholeCharacterInTwoEscapesIsRead() {
    FdlResult result = Fdl.millrace("labels: {a: \"\\uD83D\\uDE00\"}");

    assertThat(Fdl.only(result).labels()).containsEntry("a", "\uD83D\uDE00");
  }

  @Test
  void aThousandOldFunctionsAreConvertedSoon() {
    StringBuilder text = new StringBuilder("functions:\n");
    for (int i = 0; i < 1_000; i++) {
      text.append("  f")
          .append(i)
          .append(": {image: a, s3: {input_bucket: box")
          .append(i)
          .append("}}\n");
    }
    Conversion conversion =
        bounded(() ->
            FdlConverter.convert(
                List.of(
                    new Conversion.Source(
                        "s.yaml", text.toString().getBytes(UTF_8), "", Fdl.PATHS))));

    assertThat(conversion.errors()).isEmpty();
    assertThat(conversion.functions()).isEqualTo(1_000);
  }

  private static void says(List<Problem> errors, String words) {
    assertThat(errors).isNotEmpty();
    assertThat(errors)
        .anySatisfy(e -> {
          assertThat(e.toString()).contains(words);
          assertThat(e.place().line()).isPositive();
        });
    assertThat(errors.toString().length()).isLessThan(10_000);
  }

  private static <T> T bounded(Supplier<T> work) {
    return assertTimeoutPreemptively(
        SOON,
        () -> {
          long before = THREADS.getCurrentThreadAllocatedBytes();
          T result = work.get();
          assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(ALLOCATED_MAX);
          return result;
        });
  }
}
