package dev.millrace.orch.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.api.view.EventView;
import dev.millrace.orch.desk.Jobs;
import dev.millrace.orch.journal.JobState;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

class LiveViewTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @Test
  void writesALineForEachStepWhereThereIsNoTerminal() {
    try (LiveView view = view(false)) {
      view.accept(EventView.of(Jobs.event(1, JobState.RUNNING, "a.fa")));
      view.accept(EventView.of(Jobs.event(1, JobState.SUCCEEDED, "a.fa")));
    }

    assertThat(text().lines()).hasSize(2);
    assertThat(text())
        .contains("running     a.fa: is running now", "succeeded   a.fa")
        .doesNotContain("\u001b");
  }

  @Test
  void endsWithTheLastStateOfEachJobOnATerminal() {
    try (LiveView view = view(true)) {
      view.accept(EventView.of(Jobs.event(1, JobState.RUNNING, "a.fa")));
      view.accept(EventView.of(Jobs.event(2, JobState.DEAD, "b.fa")));
      view.accept(EventView.of(Jobs.event(1, JobState.SUCCEEDED, "a.fa")));
    }

    assertThat(text().lines().toList().getLast()).contains("1 dead, 1 succeeded");
  }

  @Test
  void neverDrawsMoreThanTheScreenHoldsAndForgetsNoCount() {
    try (LiveView view = view(true)) {
      for (int n = 0; n < 5000; n++) {
        view.accept(EventView.of(Jobs.event(n, JobState.SUCCEEDED, "k" + n)));
      }
    }

    assertThat(text().lines().toList().getLast()).contains("5,000 succeeded");
    assertThat(text().lines())
        .allSatisfy(l ->
            assertThat(l.replaceAll("\u001b\\[[0-9]*[A-Za-z]|\r", "").length())
                .isLessThanOrEqualTo(80));
    String frame = text().substring(text().lastIndexOf("JOB "));
    assertThat(frame.chars().filter(c -> c == 10).count()).isBetween(10L, 23L);
  }

  @Test
  void showsLiveJobsFirstWhereTheScreenIsTooSmallAndCountsWhatItShows() {
    try (LiveView view = view(true)) {
      view.accept(EventView.of(Jobs.event(1, JobState.WAITING, "next")));
      for (int n = 2; n < 40; n++) {
        view.accept(EventView.of(Jobs.event(n, JobState.RUNNING, "k" + n)));
        view.accept(EventView.of(Jobs.event(n, JobState.SUCCEEDED, "k" + n)));
      }
      view.accept(EventView.of(Jobs.event(40, JobState.RUNNING, "now")));
      view.accept(EventView.of(Jobs.event(41, JobState.WAITING, "later")));
    }

    String frame = text().substring(text().lastIndexOf("JOB "));
    assertThat(frame.indexOf("now")).isPositive().isLessThan(frame.indexOf("next"));
    assertThat(frame.indexOf("next")).isLessThan(frame.indexOf("later"));
    assertThat(frame.indexOf("later")).isLessThan(frame.indexOf("k39"));
    assertThat(frame).contains("1 running, 38 succeeded, 2 waiting");
  }

  private LiveView view(boolean terminal) {
    PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
    return new LiveView(
        new Terminal(stream, stream, terminal, false, 80, 24), InstantSource.fixed(Jobs.NOW));
  }

  private String text() {
    return out.toString(StandardCharsets.UTF_8);
  }
}
