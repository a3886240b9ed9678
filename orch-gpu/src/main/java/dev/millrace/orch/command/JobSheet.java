package dev.millrace.orch.command;

import dev.millrace.orch.api.view.AttemptRow;
import dev.millrace.orch.api.view.EntryView;
import dev.millrace.orch.api.view.JobDetail;
import dev.millrace.orch.api.view.JobRow;
import dev.millrace.orch.api.view.RemovedView;
import dev.millrace.orch.api.view.StateNames;
import dev.millrace.schema.id.JobId;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All that is known of a job, for people. */
final class JobSheet {
  private static final int LABEL = 10;

  private final Terminal terminal;
  private final JobDetail job;
  private final Instant now;

  JobSheet(Terminal terminal, JobDetail job, Instant now) {
    this.terminal = terminal;
    this.job = job;
    this.now = now;
  }

  void print() {
    head();
    split();
    timeline();
    attempts();
    outputs();
    ledger();
  }

  private void head() {
    JobRow row = job.job();
    field("job", row.id().value());
    field("function", row.function());
    terminal.line(
        label("state")
            + terminal.paint(Paint.ofState(row.state()), row.state())
            + (row.cancelRequested() ? ", asked to stop" : ""));
    field("input", row.input().uri());
    field("version", row.version() + ", " + Words.size(row.size()));
    field(
        "admitted", Words.day(row.admittedAt()) + ", " + Words.age(row.admittedAt(), now) + " ago");
    String reason = row.reason();
    if (reason != null) {
      field("reason", reason);
    }
    RemovedView removed = job.removed();
    if (removed != null) {
      field(
          "removed",
          (removed.what().equals("logs") ? "logs" : "attempts, steps and logs")
              + ", "
              + Words.day(removed.at())
              + " by "
              + removed.rule());
    }
    String waitingFor = job.waitingFor();
    if (waitingFor != null) {
      field("waits", waitingFor);
    }
  }

  private void split() {
    JobDetail.Split split = job.split();
    if (split == null) {
      return;
    }
    field(
        "took",
        Stream.of(
                part("queue", split.queueMicros()),
                part("stage", split.stageMicros()),
                part("start", split.startMicros()),
                part("run", split.runMicros()),
                part("publish", split.publishMicros()))
            .collect(Collectors.joining(", ")));
  }

  private static String part(String what, long micros) {
    return what + " " + Words.took(Duration.of(micros, ChronoUnit.MICROS));
  }

  private void timeline() {
    if (job.timeline().isEmpty()) {
      return;
    }
    heading("Timeline");
    List<JobDetail.Step> steps = job.timeline();
    for (int i = 0; i < steps.size(); i++) {
      JobDetail.Step step = steps.get(i);
      String start = "  " + Words.clock(step.at()) + "  ";
      String state = String.format("%-10s", step.state());
      String stayed = String.format("  %12s  ", stayed(steps, i));
      int indent = start.length() + state.length() + stayed.length();
      List<String> lines = Words.wrap(step.what(), Math.max(20, terminal.columns() - indent));
      String painted = terminal.paint(Paint.ofState(step.state()), state);
      terminal.line((start + painted + stayed + lines.getFirst()).stripTrailing());
      lines.stream().skip(1).forEach(line -> terminal.line(" ".repeat(indent) + line));
    }
  }

  /** How long it was as it was then; nothing where it stays so. */
  private String stayed(List<JobDetail.Step> steps, int i) {
    Instant from = steps.get(i).at();
    if (i + 1 < steps.size()) {
      return Words.took(Duration.between(from, steps.get(i + 1).at()));
    }
    return StateNames.atRest(job.job().state())
        ? ""
        : "for " + Words.took(Duration.between(from, now));
  }

  private void attempts() {
    if (job.attempts().isEmpty()) {
      return;
    }
    heading("Attempts");
    Table table =
        new Table(
            Table.Column.right(" TRY"),
            Table.Column.left("OUTCOME"),
            Table.Column.right("EXIT"),
            Table.Column.right("RAN"),
            Table.Column.flexible("PROVIDER"),
            Table.Column.flexible("DEVICE"));
    for (AttemptRow attempt : job.attempts()) {
      String outcome = Objects.requireNonNullElse(attempt.outcome(), attempt.state());
      Integer exit = attempt.exitCode();
      table.row(
          attempt.number(),
          new Table.Cell(outcome, outcome.equals("succeeded") ? Paint.GOOD : Paint.NONE),
          exit == null ? "-" : exit,
          ran(attempt),
          attempt.provider(),
          attempt.devices().isEmpty() ? "-" : String.join(" ", attempt.devices()));
    }
    table.print(terminal);
    for (AttemptRow attempt : job.attempts()) {
      String reason = attempt.reason();
      if (reason != null) {
        String start = "  try " + attempt.number() + ": ";
        List<String> lines = Words.wrap(reason, terminal.columns() - start.length());
        terminal.line(start + lines.getFirst());
        lines.stream().skip(1).forEach(line -> terminal.line(" ".repeat(start.length()) + line));
      }
    }
  }

  private String ran(AttemptRow attempt) {
    Instant from = attempt.claimedAt();
    Instant to = attempt.endedAt();
    if (from == null) {
      return "-";
    }
    return Words.took(Duration.between(from, to == null ? now : to));
  }

  private void outputs() {
    if (job.outputs().isEmpty()) {
      if (job.job().state().equals("succeeded")) {
        heading("Outputs");
        terminal.line("  none: it left no file in $TMP_OUTPUT_DIR that an output takes");
      }
      return;
    }
    heading("Outputs");
    for (JobDetail.Output output : job.outputs()) {
      terminal.line(
          String.format("  %10s  ", Words.size(output.size()))
              + Words.fit(Words.printable(output.object().uri()), terminal.columns() - 14));
      JobId later = output.overwrittenBy();
      if (later != null) {
        terminal.line(" ".repeat(14) + "since overwritten by job " + later);
      }
    }
  }

  private void ledger() {
    if (job.ledger().isEmpty()) {
      return;
    }
    heading("Ledger");
    for (EntryView entry : job.ledger()) {
      EntryView.Billed billed = entry.billed();
      terminal.line(
          Words.fit(
              "  entry "
                  + entry.index()
                  + ", try "
                  + entry.attempt()
                  + ", "
                  + entry.evidence()
                  + (billed == null ? "" : ", " + Words.money(billed)),
              terminal.columns()));
    }
  }

  private void heading(String text) {
    terminal.line("");
    terminal.line(terminal.paint(Paint.STRONG, text));
  }

  private static String label(String name) {
    return String.format("%-" + LABEL + "s", name);
  }

  private void field(String name, String value) {
    List<String> lines = Words.wrap(value, terminal.columns() - LABEL);
    terminal.line(label(name) + lines.getFirst());
    lines.stream().skip(1).forEach(line -> terminal.line(" ".repeat(LABEL) + line));
  }
}
