package dev.millrace.orch.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.bench.Budget;
import dev.millrace.orch.bench.Circumstances;
import dev.millrace.orch.bench.Comparison;
import dev.millrace.orch.bench.Figure;
import dev.millrace.orch.bench.Ground;
import dev.millrace.orch.bench.Report;
import dev.millrace.orch.journal.Journal;
import dev.millrace.schema.ledger.Ledger;
import dev.millrace.schema.ledger.LedgerEntry;
import dev.millrace.schema.object.ObjectStore;
import dev.millrace.schema.sign.TrustedKeys;
import dev.millrace.schema.time.Ticker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command that measures: what it refuses, what it leaves, how it prints. */
final class BenchCommandTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @TempDir Path folder;

  @Test
  void aSuiteThatIsNoneIsRefusedWithThoseThatAre() {
    assertThat(run("bench", "matches")).isEqualTo(Exit.USAGE);
    assertThat(err()).contains("'matches'", "pipeline, intake, match, store, ledger or all");
  }

  @ParameterizedTest
  @ValueSource(strings = {"bench", "bench --quick", "bench match --compare", "bench match --round"})
  void aWrongLineIsRefused(String line) {
    assertThat(run(line.split(" "))).isEqualTo(Exit.USAGE);
  }

  @Test
  void nothingIsMeasuredWhenThereIsNothingToCompareWith() {
    assertThat(run("bench", "ledger", "--compare", "none.json")).isEqualTo(Exit.FAILED);
    assertThat(err()).contains("there is no file none.json", "--json FILE");
    assertThat(err()).doesNotContain("making receipts");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "{\"figures\": 3}", "\u0000", "{\"at\": \"yesterday\"}"})
  void aFileThatKeepsNoRunIsRefused(String text) throws Exception {
    Files.writeString(folder.resolve("kept.json"), text);

    assertThat(run("bench", "ledger", "--compare", "kept.json")).isEqualTo(Exit.FAILED);
    assertThat(err()).contains("kept.json is not what --json keeps");
  }

  @Test
  void whatARunMadeIsGoneAlsoWhenItFails() throws Exception {
    assertThat(run("bench", "ledger", "--quick", "--folder", "here")).isNotZero();
    assertThat(err()).contains("no ledger today");
    assertThat(folder.resolve("here")).isEmptyDirectory();
  }

  @Test
  void theTableFitsAndSaysWhatIsMissed() {
    sheet().print(report(10));

    assertThat(out().lines()).allMatch(line -> line.length() <= 80);
    assertThat(out())
        .contains(
            "MISSED  >= 50,000",
            "met     <= 5",
            "    MISSED  >= 50,000; floor 100",
            "decisions with a v..me that needs a great deal of room      10 decisions/s    0%",
            "answered                                                              3 ms",
            "1 of the budgets missed",
            "NOT A QUIET MACHINE",
            "a note");
  }

  @Test
  void theTableOfThePageHasALineForEachFigure() {
    sheet().markdown(report(10));

    assertThat(out())
        .contains(
            "| decisions with a very long name that needs a great deal of room | 10 decisions/s |"
                + " 0% | 100 (bare) | >= 50,000 | **missed** |");
  }

  @Test
  void aComparisonSaysFasterSlowerOrNothing() {
    Report before = report(10);
    Report now = report(20);
    sheet().print(before, now, Comparison.of(before, now));

    assertThat(out()).contains("+100%", "faster", "within noise (25%)");
    assertThat(out().lines()).allMatch(line -> line.length() <= 80);
  }

  private static Report report(double rate) {
    Figure decisions =
        new Figure(
            "match.a",
            "decisions with a very long name that needs a great deal of room",
            "decisions/s",
            true,
            rate,
            rate,
            rate,
            2,
            100.0,
            "bare",
            new Budget(50_000.0, null, null));
    Figure answer =
        new Figure(
            "a.b", "answered", "ms", false, 3, 3, 3, 1, null, "", new Budget(null, 5.0, null));
    return new Report(
        Instant.parse("2026-03-01T10:00:00Z"),
        "1.2.3",
        true,
        new Circumstances("Linux", "a processor", 2, "25", 9, 9, 90, 0),
        List.of(decisions, answer),
        List.of("a note"));
  }

  private BenchSheet sheet() {
    return new BenchSheet(terminal());
  }

  private Terminal terminal() {
    return new Terminal(
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8),
        false,
        false,
        80,
        24);
  }

  private int run(String... args) {
    return Millrace.run(
        new Setting(
            terminal(),
            new NoLifecycle(new Broken()),
            new NoFiles(),
            InstantSource.system(),
            folder,
            "1.2.3"),
        args);
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  /** A machine on which nothing works. */
  private static final class Broken implements Ground {
    @Override
    public Ticker ticker() {
      return Ticker.system();
    }

    @Override
    public List<String> program(List<String> options, List<String> arguments) {
      return List.of("false");
    }

    @Override
    public boolean archived() {
      return false;
    }

    @Override
    public ObjectStore store(Path data) throws IOException {
      throw new IOException("no store today");
    }

    @Override
    public Journal journal(Path data) {
      throw new AssertionError("no journal today");
    }

    @Override
    public Ledger ledger(Path folder, TrustedKeys provider) throws IOException {
      Files.writeString(folder.resolveSibling("left"), "something");
      throw new IOException("no ledger today");
    }

    @Override
    public int faults(List<LedgerEntry> entries, TrustedKeys provider) {
      return 0;
    }
  }
}
