package dev.millrace.runtime.unit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.runtime.runner.LogCut;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MaskingTest {
  @TempDir Path folder;

  /** In pieces of every size from one byte on. */
  private static String masked(String text, String... secrets) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    String first = null;
    for (int piece = 1; piece <= bytes.length + 1; piece++) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try (OutputStream masking = new Masking(List.of(secrets)).onto(out)) {
        for (int from = 0; from < bytes.length; from += piece) {
          masking.write(bytes, from, Math.min(piece, bytes.length - from));
        }
      }
      String said = out.toString(StandardCharsets.UTF_8);
      assertThat(first == null ? said : first).isEqualTo(said);
      first = said;
    }
    return String.valueOf(first);
  }

  @Test
  void aSecretIsMaskedWhereverItStandsAndInWhateverPiecesItComes() throws Exception {
    assertThat(masked("hunter22", "hunter22")).isEqualTo("***");
    assertThat(masked("a hunter22 b hunter22hunter22", "hunter22")).isEqualTo("a *** b ******");
    assertThat(masked("hunter2", "hunter22")).isEqualTo("hunter2");
    assertThat(masked("hunter2hunter22", "hunter22")).isEqualTo("hunter2***");
    assertThat(masked("päßwörter: päßwörter€", "päßwörter€")).isEqualTo("päßwörter: ***");
    assertThat(masked("", "hunter22")).isEmpty();
  }

  @Test
  void beginningsThatRepeatAreNotLost() throws Exception {
    assertThat(masked("aaaaaaaaaab", "aaaaaaaab")).isEqualTo("aa***");
    assertThat(masked("ababababababac", "ababababac")).isEqualTo("abab***");
    assertThat(masked("aaaaaaaaaaaa", "aaaaaaaa")).isEqualTo("***aaaa");
  }

  @Test
  void aSecretInAnotherOneDoesNotBreakItUp() throws Exception {
    assertThat(masked("the-secret-of-it the-secret", "the-secret", "the-secret-of-it"))
        .isEqualTo("*** ***");
  }

  @Test
  void whiteSpaceRoundAValueDoesNotHideIt() throws Exception {
    assertThat(masked("x line-one\nline-two y", "line-one\nline-two\n")).isEqualTo("x *** y");
  }

  @Test
  void shortValuesAreLeftAsTheyAre() throws Exception {
    assertThat(masked("1234567", "1234567")).isEqualTo("1234567");
    assertThat(new Masking(List.of("1234567", "      \n\n    ")).idle()).isTrue();
  }

  /** Compared with a plain replacement, on texts of few letters. */
  @Test
  void randomTextsAreMaskedAsAReplacementWould() throws Exception {
    Random random = new Random(5);
    for (int round = 0; round < 300; round++) {
      String secret = letters(random, 8 + random.nextInt(4));
      String text = letters(random, 20) + secret + letters(random, 30);
      assertThat(masked(text, secret)).isEqualTo(text.replace(secret, "***"));
    }
  }

  private static String letters(Random random, int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append((char) ('a' + random.nextInt(2)));
    }
    return text.toString();
  }

  /** A naive search would take 64 Ki comparisons for each byte. */
  @Test
  void theWorstLogIsMaskedInTime() throws Exception {
    Path log =
        Files.write(folder.resolve("log"), "a".repeat(10 << 20).getBytes(StandardCharsets.UTF_8));

    org.junit.jupiter.api.Assertions.assertTimeout(
        Duration.ofSeconds(20),
        () -> new Masking(List.of("a".repeat(65_535) + "b")).file(log, LogCut.within(20 << 20)));

    assertThat(Files.size(log)).isEqualTo(10 << 20);
    assertThat(folder.resolve("log.masked")).doesNotExist();
  }

  private static final LogCut CUT = new LogCut(40, 40);

  /** A text cut as runners do it, and then masked. */
  private String cutAndMasked(String text, String... secrets) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream cut = new ByteArrayOutputStream();
    cut.write(bytes, 0, 40);
    cut.writeBytes(LogCut.MIDDLE.getBytes(StandardCharsets.UTF_8));
    cut.write(bytes, bytes.length - 40, 40);
    return fileMasked(cut.toByteArray(), secrets);
  }

  private String fileMasked(byte[] bytes, String... secrets) throws IOException {
    Path log = Files.write(folder.resolve("log"), bytes);
    new Masking(List.of(secrets)).file(log, CUT);
    return Files.readString(log, StandardCharsets.UTF_8);
  }

  /** The secret stands across each of the two places, by every number of its letters. */
  @ParameterizedTest
  @ValueSource(strings = {"hunter22-of-old", "line-one\n[the li\nline-three", "abcabcabcabc"})
  void halfOfASecretThatTheCutWentThroughIsMaskedToo(String secret) throws Exception {
    for (int before = 0; before <= secret.length(); before++) {
      String head = "x".repeat(40 - before) + secret;
      String tail = secret + "y".repeat(40 - before);

      String said = cutAndMasked(head + "z".repeat(100) + tail, secret);

      String stars = "*".repeat(Math.min(3, before));
      assertThat(said)
          .isEqualTo(
              "x".repeat(40 - before) + stars + LogCut.MIDDLE + stars + "y".repeat(40 - before));
    }
  }

  @Test
  void ofSeveralSecretsTheLongestPartAtTheCutIsMasked() throws Exception {
    String said =
        cutAndMasked(
            "x".repeat(24)
                + "user:password-12"
                + "z".repeat(99)
                + "password-12@host"
                + "y".repeat(24),
            "user:password-12@host",
            "password-12");

    assertThat(said).isEqualTo("x".repeat(24) + "***" + LogCut.MIDDLE + "***" + "y".repeat(24));
  }

  @Test
  void theEndOfASecretBehindABeginningThatWasLeftOutIsMasked() throws Exception {
    byte[] log = (LogCut.BEGINNING + "er22 and hunter22\n").getBytes(StandardCharsets.UTF_8);

    assertThat(fileMasked(log, "hunter22")).isEqualTo(LogCut.BEGINNING + "*** and ***\n");
  }

  @Test
  void aHeadThatIsLeftAloneEndsInNoHalfSecret() throws Exception {
    byte[] log = ("x".repeat(35) + "hunte").getBytes(StandardCharsets.UTF_8);

    assertThat(fileMasked(log, "hunter22")).isEqualTo("x".repeat(35) + "***");
  }

  /** A log that is whole has no such place, and a line of the function's own makes none. */
  @Test
  void aLogThatWasNotCutKeepsWhatOnlyLooksLikeASecret() throws Exception {
    String text = "x".repeat(36) + "hunter22 hunt" + LogCut.MIDDLE + "er22";

    assertThat(fileMasked(text.getBytes(StandardCharsets.UTF_8), "hunter22"))
        .isEqualTo("x".repeat(36) + "*** hunt" + LogCut.MIDDLE + "er22");
    assertThat(fileMasked("hunte".getBytes(StandardCharsets.UTF_8), "hunter22")).isEqualTo("hunte");
  }

  @Test
  void aTextThatIsReadWhileItGrowsIsMaskedAsItsLogWillBe() throws IOException {
    String secret = "a long secret";
    String log = "x" + secret + "y" + secret + "a long se";
    StringBuilder grown = new StringBuilder();
    MaskedSource source =
        new MaskedSource(
            (from, most) -> grown.substring((int) from).getBytes(StandardCharsets.UTF_8),
            new Masking(List.of(secret)));
    StringBuilder told = new StringBuilder();
    for (char next : log.toCharArray()) {
      grown.append(next);
      told.append(new String(source.printed(told.length(), 3), StandardCharsets.UTF_8));
      assertThat("x***y***").startsWith(told.toString());
    }
    for (int i = 0; i < 5; i++) {
      told.append(new String(source.printed(told.length(), 3), StandardCharsets.UTF_8));
    }

    assertThat(told).hasToString("x***y***");
    assertThat(new String(source.printed(1, 3), StandardCharsets.UTF_8)).isEqualTo("***");
  }
}
