package dev.millrace.orch.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.api.view.BucketView;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Terminals of few columns. */
final class NarrowTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private Terminal terminal(int columns) {
    PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
    return new Terminal(stream, stream, true, false, columns, 24);
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private static Table jobs() {
    return new Table(
            Table.Column.left("JOB"),
            Table.Column.flexible("FUNCTION").spare(3),
            Table.Column.right("AGE").spare(2),
            Table.Column.right("TRY").spare(1),
            Table.Column.flexible("INPUT"))
        .row("01m84ea3nftg", "a-function-of-a-long-name", "25s", 1, "in/deep/folder/key.txt");
  }

  @Test
  void spareColumnsGoOneAfterTheOtherAndTheOthersTakeTheirRoom() {
    assertThat(jobs().render(terminal(80)).getFirst())
        .isEqualTo("JOB           FUNCTION                   AGE  TRY  INPUT");
    assertThat(jobs().render(terminal(42)).getLast())
        .isEqualTo("01m84ea3nftg  a-..name  25s    1  in...txt");
    assertThat(jobs().render(terminal(39)).getFirst().split(" +"))
        .containsExactly("JOB", "FUNCTION", "AGE", "INPUT");
    assertThat(jobs().render(terminal(34)).getFirst().split(" +"))
        .containsExactly("JOB", "FUNCTION", "INPUT");
    assertThat(jobs().render(terminal(29)).getLast()).isEqualTo("01m84ea3nftg  in/de../key.txt");
    assertThat(jobs().render(terminal(5)).getFirst()).isEqualTo("JOB           INPUT");
  }

  @Test
  void aColumnThatWasShownStaysForThePagesBelow() {
    Table table = jobs();
    Terminal terminal = terminal(42);
    table.print(terminal);
    table.row("01m84ea3nftg-and-more", "f", "25s", 1, "k");
    table.print(terminal);

    assertThat(out().lines())
        .last()
        .asString()
        .startsWith("01m84ea3nftg-and-more  f ")
        .contains("25s");
  }

  @Test
  void aBucketsNameIsWholeAsLongAsTheDayFitsBesideIt() {
    BucketView bucket = new BucketView("b".repeat(63), Instant.parse("2026-05-06T12:00:00Z"));

    ObjectLines.buckets(terminal(80), List.of(bucket));
    ObjectLines.buckets(terminal(40), List.of(bucket));

    assertThat(out().lines())
        .containsExactly(
            "2026-05-06  " + "b".repeat(63),
            "2026-05-06  " + "b".repeat(9) + ".." + "b".repeat(17));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 40, 54, 55, 80, 300})
  void helpIsPrintedWhateverTheWidth(int columns, @TempDir Path folder) {
    Setting setting =
        new Setting(
            terminal(columns),
            new NoLifecycle(),
            new NoFiles(),
            InstantSource.system(),
            folder,
            "1.2.3");

    assertThat(Millrace.run(setting, "jobs", "--help")).isZero();
    assertThat(out()).contains("Usage: millrace jobs");
  }
}
