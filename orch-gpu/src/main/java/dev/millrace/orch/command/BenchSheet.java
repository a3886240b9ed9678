package dev.millrace.orch.command;

import dev.millrace.orch.bench.Budget;
import dev.millrace.orch.bench.Circumstances;
import dev.millrace.orch.bench.Comparison;
import dev.millrace.orch.bench.Figure;
import dev.millrace.orch.bench.Report;
import java.util.List;
import java.util.Locale;

/** What was measured, for a terminal or for a page. */
final class BenchSheet {
  private static final int MEASURED = 20;
  private static final int NOISE = 6;
  private static final int WHAT_MIN = 16;
  private static final String CLEAR = "\r\u001b[K";

  private final Terminal terminal;

  BenchSheet(Terminal terminal) {
    this.terminal = terminal;
  }

  /** What is done at the moment; on a terminal the next takes its place. */
  void doing(String what) {
    if (terminal.interactive()) {
      terminal.err().print(CLEAR + Words.fit(what, terminal.columns() - 1));
      terminal.err().flush();
    } else {
      terminal.note(what);
    }
  }

  private void clear() {
    if (terminal.interactive()) {
      terminal.err().print(CLEAR);
      terminal.err().flush();
    }
  }

  void print(Report report) {
    clear();
    terminal.line(terminal.paint(Paint.STRONG, row("what", "measured", "+-")));
    for (Figure figure : report.figures()) {
      terminal.line(row(figure.what(), measured(figure), noise(figure)));
      beside(figure);
    }
    for (String line : around(report)) {
      Words.wrap(line, terminal.columns())
          .forEach(each -> terminal.line(terminal.paint(Paint.FAINT, each)));
    }
    long missed =
        report.figures().stream().filter(f -> f.verdict() == Figure.Verdict.MISSED).count();
    if (missed > 0) {
      terminal.line(terminal.paint(Paint.BAD, missed + " of the budgets missed"));
    }
  }

  private String row(String what, String measured, String noise) {
    int room = Math.max(WHAT_MIN, terminal.columns() - MEASURED - NOISE);
    String name = Words.fit(what, room);
    String pad = " ".repeat(room - Words.width(name));
    String line = name + pad + String.format("%" + MEASURED + "s%" + NOISE + "s", measured, noise);
    return line.stripTrailing();
  }

  /** On a line of its own, so that names stay whole: budgets have long texts too. */
  private void beside(Figure figure) {
    Budget budget = figure.budget();
    String floor = figure.floor() == null ? "" : "floor " + floor(figure);
    if (budget == null) {
      if (!floor.isEmpty()) {
        terminal.line("    " + floor);
      }
      return;
    }
    String judged =
        switch (figure.verdict()) {
          case MET -> terminal.paint(Paint.GOOD, "met     " + budget.text());
          case MISSED -> terminal.paint(Paint.BAD, "MISSED  " + budget.text());
          case NONE -> "        " + budget.text();
        };
    terminal.line("    " + judged + (floor.isEmpty() ? "" : "; " + floor));
  }

  private static String measured(Figure figure) {
    return (Figure.number(figure.median()) + " " + figure.unit()).strip();
  }

  private static String floor(Figure figure) {
    Double floor = figure.floor();
    return floor == null ? "" : Figure.number(floor);
  }

  private static String noise(Figure figure) {
    return figure.rounds() < 2 ? "" : Math.round(figure.spread() * 50) + "%";
  }

  private static List<String> around(Report report) {
    Circumstances machine = report.circumstances();
    String text =
        String.format(
            Locale.ROOT,
            "Medians of rounds; +- is half the distance between the lowest and the highest."
                + " %s, %d x %s, Java %s; load %.1f before, %.1f after; others used %.0f%% of the"
                + " processors before, the hypervisor took %.1f%% meanwhile.%s",
            machine.system(),
            machine.processors(),
            machine.processor(),
            machine.java(),
            machine.loadBefore(),
            machine.loadAfter(),
            machine.busyPercent(),
            machine.stealPercent(),
            machine.quiet() ? "" : " NOT A QUIET MACHINE: these figures are no measure.");
    return java.util.stream.Stream.concat(java.util.stream.Stream.of(text), report.notes().stream())
        .toList();
  }

  /** The table of docs/performance.md. */
  void markdown(Report report) {
    clear();
    terminal.line("| what | measured | ± | floor | budget | |");
    terminal.line("|---|---|---|---|---|---|");
    for (Figure figure : report.figures()) {
      Budget budget = figure.budget();
      String floor =
          figure.floorIs().isEmpty() ? "" : floor(figure) + " (" + figure.floorIs() + ")";
      String verdict =
          switch (figure.verdict()) {
            case MET -> "met";
            case MISSED -> "**missed**";
            case NONE -> "";
          };
      terminal.line(
          "| "
              + String.join(
                  " | ",
                  figure.what(),
                  measured(figure),
                  noise(figure),
                  floor,
                  budget == null ? "" : budget.text(),
                  verdict)
              + " |");
    }
    terminal.line("");
    around(report).forEach(terminal::line);
  }

  /** Against a run that was kept. */
  void print(Report before, Report now, List<Comparison> compared) {
    terminal.line("");
    terminal.line("Compared with " + before.version() + " of " + before.at() + ":");
    if (before.quick() != now.quick()) {
      terminal.line("  one of the two was --quick, whose rounds are shorter and fewer");
    }
    if (!before.circumstances().processor().equals(now.circumstances().processor())) {
      terminal.line("  on another processor: " + before.circumstances().processor());
    }
    Table table =
        new Table(
            Table.Column.flexible("what"),
            Table.Column.right("before"),
            Table.Column.right("now"),
            Table.Column.right("change"),
            Table.Column.left("says"));
    for (Comparison each : compared) {
      table.row(
          each.now().what(),
          measured(each.before()),
          measured(each.now()),
          String.format(Locale.ROOT, "%+.0f%%", 100 * each.change()),
          says(each));
    }
    table.print(terminal);
  }

  private static Table.Cell says(Comparison each) {
    boolean time = each.now().unit().endsWith("s");
    return switch (each.outcome()) {
      case BETTER -> new Table.Cell(time ? "faster" : "better", Paint.GOOD);
      case WORSE -> new Table.Cell(time ? "SLOWER" : "WORSE", Paint.BAD);
      case WITHIN_NOISE ->
          new Table.Cell("within noise (" + Math.round(100 * each.noise()) + "%)", Paint.FAINT);
    };
  }
}
