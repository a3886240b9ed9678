package dev.millrace.orch.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class WholeCharactersTest {
  @Test
  void whereverItIsCutTheTextIsTheSame() {
    String text = "a\u00fc\u20ac\ud83d\ude00\0\n\u001b[1m\ufffd end";
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    SplittableRandom random = new SplittableRandom(11);
    for (int round = 0; round < 500; round++) {
      WholeCharacters characters = new WholeCharacters();
      StringBuilder found = new StringBuilder();
      int from = 0;
      while (from < bytes.length) {
        int to = Math.min(bytes.length, from + 1 + random.nextInt(4));
        String piece = characters.of(Arrays.copyOfRange(bytes, from, to));
        assertThat(piece).doesNotEndWith("\ud83d");
        found.append(piece);
        from = to;
      }
      assertThat(found.append(characters.rest())).hasToString(text);
    }
  }

  @Test
  void whatIsNoCharacterIsReplaced() {
    WholeCharacters characters = new WholeCharacters();

    assertThat(characters.of(new byte[] {(byte) 0xff, 'a', (byte) 0xc3})).isEqualTo("\ufffda");
    assertThat(characters.of(new byte[] {'b', (byte) 0xe2, (byte) 0x82})).isEqualTo("\ufffdb");
    assertThat(characters.rest()).isEqualTo("\ufffd");
    assertThat(characters.rest()).isEmpty();
  }
}
