package dev.millrace.orch.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HintsTest {
  @Test
  void commandsAreAdvisedAsTheProgramWasCalled() {
    Hints hints = Hints.of("./millrace", Map.of(), "jobs", "--json");

    assertThat(hints.in("start one with 'millrace up', or give 'millrace ledger list' again"))
        .isEqualTo("start one with './millrace up', or give './millrace ledger list' again");
    assertThat(hints.in("millrace: there is no file /opt/millrace jobs; see millrace.yaml"))
        .isEqualTo("millrace: there is no file /opt/millrace jobs; see millrace.yaml");
    assertThat(Hints.of("/a b/millrace", Map.of()).in("next: millrace up"))
        .isEqualTo("next: '/a b/millrace' up");
    assertThat(Hints.of("", Map.of()).in("next: millrace up")).isEqualTo("next: millrace up");
  }

  @Test
  void aDataFolderThatIsNotTheDefaultIsRepeated() {
    Hints hints = Hints.of("millrace", Map.of(), "up", "--data", "my data");

    assertThat(hints.in("next: millrace deploy function.yaml, or Ctrl-C"))
        .isEqualTo("next: millrace deploy --data 'my data' function.yaml, or Ctrl-C");
    assertThat(hints.in("'millrace secret set x'"))
        .isEqualTo("'millrace secret set --data 'my data' x'");
    assertThat(hints.in("`millrace validate f` and `millrace up --data x`"))
        .isEqualTo("`millrace validate f` and `millrace up --data x`");
    assertThat(Hints.of("millrace", Map.of(), "up", "--data=.millrace").data()).isEmpty();
    assertThat(Hints.of("millrace", Map.of(), "demo", "--data", "d").data()).isEmpty();
    assertThat(Hints.of("millrace", Map.of("MILLRACE_DATA_FOLDER", "/d"), "up", "--data=/d").data())
        .isEmpty();
    assertThat(Hints.of("millrace", Map.of("MILLRACE_DATA_FOLDER", "/d"), "up").data()).isEmpty();
  }

  @Test
  void linesBreakBesideAQuotedCommandAndNotInIt() {
    String said = "the job is over: 'millrace job 01m8abc' tells why; `millrace jobs` (`a b`).";

    List<String> lines = Words.wrap(said, 30);

    assertThat(lines)
        .containsExactly(
            "the job is over:", "'millrace job 01m8abc' tells", "why; `millrace jobs` (`a b`).");
    assertThat(Words.wrap("say 'what is longer than it may be'", 12))
        .allMatch(line -> line.length() <= 12);
  }
}
