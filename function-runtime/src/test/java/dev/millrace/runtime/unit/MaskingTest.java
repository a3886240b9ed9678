package dev.millrace.runtime.unit;

import static org.assertj.core.api.Assertions.assertThat;

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
        Duration.ofSeconds(20), () -> new Masking(List.of("a".repeat(65_535) + "b")).file(log));

    assertThat(Files.size(log)).isEqualTo(10 << 20);
    assertThat(folder.resolve("log.masked")).doesNotExist();
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
