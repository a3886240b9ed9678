package dev.millrace.fdl;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every source of scripts keeps. */
abstract class ScriptSourceContract {
  private static final byte[] LONG = "x".repeat(ScriptSource.MAX_SCRIPT_BYTES + 1).getBytes(UTF_8);

  /** A source that holds just these files. */
  abstract ScriptSource holding(Map<String, byte[]> files) throws Exception;

  private ScriptSource source() throws Exception {
    return holding(
        Map.of(
            "run.sh", "one\r\ntwo\r\n".getBytes(UTF_8),
            "deep/er/run.sh", "three\n".getBytes(UTF_8),
            "mark.sh", "\uFEFFfour\n".getBytes(UTF_8),
            "long.sh", LONG,
            "binary", new byte[] {'a', 0, 'b'},
            "latin", "d\u00e9j\u00e0".getBytes(ISO_8859_1),
            "empty", new byte[0]));
  }

  @Test
  void aScriptsLinesEndWithLineFeeds() throws Exception {
    assertThat(source().script("run.sh")).isEqualTo(new Lookup.Found<>("one\ntwo\n"));
    assertThat(source().script("./run.sh")).isEqualTo(new Lookup.Found<>("one\ntwo\n"));
    assertThat(source().script(".//./run.sh")).isEqualTo(new Lookup.Found<>("one\ntwo\n"));
    assertThat(source().script("deep/er/run.sh")).isEqualTo(new Lookup.Found<>("three\n"));
    assertThat(source().script("mark.sh")).isEqualTo(new Lookup.Found<>("four\n"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"long.sh", "binary", "latin", "empty"})
  void whatIsNoScriptIsRefused(String path) throws Exception {
    assertThat(source().script(path)).isInstanceOf(Lookup.Refused.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gone.sh", "deep/gone.sh", "run.sh2", "run.sh/x"})
  void whatIsNotThereIsMissing(String path) throws Exception {
    assertThat(source().script(path)).isInstanceOf(Lookup.Missing.class);
    assertThat(source().file(path)).isInstanceOf(Lookup.Missing.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/etc/passwd",
        "../run.sh",
        "deep/../../run.sh",
        "deep/../run.sh",
        "..",
        ".",
        "",
        "deep/",
        "deep\\\\run.sh",
        "a\0b"
      })
  void whatLeavesTheFolderIsRefused(String path) throws Exception {
    assertThat(source().script(path)).isInstanceOf(Lookup.Refused.class);
    assertThat(source().file(path)).isInstanceOf(Lookup.Refused.class);
  }

  @Test
  void aFileOfAnyContentHasItsSize() throws Exception {
    assertThat(source().file("long.sh")).isEqualTo(new Lookup.Found<>((long) LONG.length));
    assertThat(source().file("empty")).isEqualTo(new Lookup.Found<>(0L));
  }
}
