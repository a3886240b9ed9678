package dev.millrace.orch.up;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.command.Terminal;
import dev.millrace.orch.command.UpOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code up} says before it is ready; here it never is, as its folder is a file. */
final class StartingTest {
  @TempDir Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int up(boolean interactive) throws IOException {
    PrintStream o = new PrintStream(out, true, StandardCharsets.UTF_8);
    PrintStream e = new PrintStream(err, true, StandardCharsets.UTF_8);
    Path file = folder.resolve("file");
    Files.writeString(file, "x");
    return new Wired()
        .up(
            new UpOptions(
                file.resolve("data"),
                Optional.empty(),
                OptionalInt.of(0),
                OptionalInt.of(0),
                new Terminal(o, e, interactive, false, 80, 24)));
  }

  @Test
  void onATerminalItSaysAtOnceWhatItDoes() throws IOException {
    assertThat(up(true)).isEqualTo(1);

    assertThat(out.toString(StandardCharsets.UTF_8))
        .isEqualTo("Starting on " + folder.resolve("file/data") + " ...\n");
    assertThat(err.toString(StandardCharsets.UTF_8)).startsWith("millrace: ");
  }

  @Test
  void aScriptSeesNothingBeforeItIsReady() throws IOException {
    assertThat(up(false)).isEqualTo(1);

    assertThat(out.size()).isZero();
  }
}
