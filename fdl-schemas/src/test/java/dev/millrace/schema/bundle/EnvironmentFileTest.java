package dev.millrace.schema.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentFileTest {
  private static final Map<String, String> ODD =
      Map.of(
          "EMPTY", "",
          "QUOTES", "it's '' \"quoted\"'",
          "LINES", "a\nB='c'\n'\n",
          "SHELL", "$(touch /tmp/x) `id` ${HOME} \\ ; & |",
          "TEXT", "ü 漢 \t");

  @TempDir Path folder;

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void everyValueComesBackAsItWas() {
    assertThat(EnvironmentFile.read(EnvironmentFile.bytes(ODD))).isEqualTo(ODD);
    assertThat(EnvironmentFile.read(EnvironmentFile.bytes(Map.of("a.b-c", "x"))))
        .containsEntry("a.b-c", "x");
    assertThat(EnvironmentFile.read(new byte[0])).isEmpty();
  }

  @Test
  void aShellReadsTheSame() throws Exception {
    Path file = Files.write(folder.resolve("environment"), EnvironmentFile.bytes(ODD));
    Process shell =
        new ProcessBuilder(
                "/bin/sh", "-c", ". \"$0\"; printf '%s' \"$QUOTES|$LINES|$SHELL|$TEXT\"", "" + file)
            .start();

    String said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(said)
        .isEqualTo(
            ODD.get("QUOTES")
                + "|"
                + ODD.get("LINES")
                + "|"
                + ODD.get("SHELL")
                + "|"
                + ODD.get("TEXT"));
  }

  @Test
  void theSameVariablesGiveTheSameBytesSortedByName() {
    assertThat(EnvironmentFile.bytes(Map.of("B", "2", "A", "1"))).isEqualTo(utf8("A='1'\nB='2'\n"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "A",
        "A=",
        "A=b\n",
        "A='b'",
        "A='b",
        "A='b'\r\n",
        "A='b'c'\n",
        "='b'\n",
        "1A='b'\n",
        "A B='c'\n",
        "A=''\nA=''\n",
        "# a\nA=''\n",
        "A='\0'\n",
        "export A='b'\n",
        "\n",
        "A='b\\'c'\n"
      })
  void whatIsWrittenOtherwiseIsRefused(String text) {
    assertThatThrownBy(() -> EnvironmentFile.read(utf8(text)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whatIsNoTextOrTooLargeIsRefused() {
    assertThatThrownBy(() -> EnvironmentFile.read(new byte[] {'A', '=', '\'', (byte) 0xff, '\''}))
        .hasMessageContaining("UTF-8");
    assertThatThrownBy(() -> EnvironmentFile.read(new byte[EnvironmentFile.BYTES_MAX + 1]))
        .hasMessageContaining("bytes");
    assertThatThrownBy(() -> EnvironmentFile.bytes(Map.of("A=B", "c")))
        .hasMessageContaining("no variable's name");
    assertThatThrownBy(() -> EnvironmentFile.bytes(Map.of("A", "\0"))).hasMessageContaining("NUL");
  }
}
