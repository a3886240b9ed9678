package dev.millrace.orch.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class LogScreenTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final LogScreen screen =
      new LogScreen(new PrintStream(bytes, true, StandardCharsets.UTF_8));

  private String shown(String... pieces) throws IOException {
    for (String piece : pieces) {
      screen.write(piece.getBytes(StandardCharsets.UTF_8));
    }
    screen.close();
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void textLinesTabsReturnsAndColoursComeThrough() throws Exception {
    String good =
        "a\tb\r\n\u001b[1;31mred\u001b[0m \u001b[m\u001b[38:2:1:2:3m \u00fc \u20ac \ud83d\ude00\n";

    assertThat(shown(good)).isEqualTo(good);
  }

  @Test
  void whatMovesTheCursorOrTheWindowIsWrittenOut() throws Exception {
    assertThat(
            shown(
                "\u001b[2J\u001b[1A\u001b]0;title\u0007\b\u009b6n\u001b[>4;1m\u001bc\u0000\u007f"))
        .isEqualTo(
            "\\u001b[2J\\u001b[1A\\u001b]0;title\\u0007\\u0008\\u009b6n\\u001b[>4;1m\\u001bc\\u0000"
                + "\\u007f");
  }

  @Test
  void whatTurnsTheReadingDirectionIsWrittenOut() throws Exception {
    assertThat(shown("a\u202eb\u2028c")).isEqualTo("a\\u202eb\\u2028c");
  }

  @Test
  void aSequenceThatIsCutBetweenTwoPiecesIsSeen() throws Exception {
    assertThat(shown("\u001b", "[3", "1mred", "\u001b[", "2J", "\u001b"))
        .isEqualTo("\u001b[31mred\\u001b[2J\\u001b");
  }

  @Test
  void aSequenceWithoutEndIsText() throws Exception {
    assertThat(shown("\u001b[" + "1;".repeat(100) + "m"))
        .isEqualTo("\\u001b[" + "1;".repeat(100) + "m");
  }

  @Test
  void anEscapeBehindAnEscapeBeginsAnew() throws Exception {
    assertThat(shown("\u001b\u001b[31m\u001b[3\u001b[0m"))
        .isEqualTo("\\u001b\u001b[31m\\u001b[3\u001b[0m");
  }

  @Test
  void bytesThatAreNoTextAreSaidToBeNone() throws Exception {
    screen.write(new byte[] {(byte) 0x9b, '3', (byte) 0xff, (byte) 0xc3, 'x', (byte) 0xc0});
    screen.write(new byte[] {(byte) 0xe2, (byte) 0x82});

    assertThat(shown()).isEqualTo("\ufffd3\ufffd\ufffdx\ufffd\ufffd");
  }

  @Test
  void noBytesAtAllMakeATerminalObeyMoreThanColours() throws Exception {
    byte[] wild = new byte[200_000];
    Random random = new Random(20_261_124);
    String often = "\u001b[]m;12\u0007\n";
    for (int i = 0; i < wild.length; i++) {
      wild[i] =
          random.nextBoolean()
              ? (byte) often.charAt(random.nextInt(often.length()))
              : (byte) random.nextInt();
    }
    screen.write(wild);

    String left = shown().replaceAll("\u001b\\[[0-9;:]*m", "");
    assertThat(left.codePoints().filter(c -> c != '\n' && c != '\t' && c != '\r'))
        .noneMatch(Character::isISOControl);
  }
}
