package dev.millrace.orch.command;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Rows under headings that fit the terminal: flexible columns give way, the widest first; where
 * that is not enough, spare ones go, the first of the least use.
 */
final class Table {
  private static final String GAP = "  ";
  private static final int NARROWEST = 6;

  private final List<Column> columns;
  private final List<List<Cell>> rows = new ArrayList<>();
  private final int[] atLeast;
  private final boolean[] gone;
  private boolean headed;

  Table(Column... columns) {
    this.columns = List.of(columns);
    this.atLeast = new int[columns.length];
    this.gone = new boolean[columns.length];
  }

  /**
   * A heading with how its cells stand.
   *
   * @param spare when it goes on a terminal that is too narrow: 1 goes first; 0 never
   */
  record Column(String heading, boolean right, boolean flexible, int spare) {
    static Column left(String heading) {
      return new Column(heading, false, false, 0);
    }

    static Column right(String heading) {
      return new Column(heading, true, false, 0);
    }

    /** The same, which may go where there is no room. */
    Column spare(int turn) {
      return new Column(heading, right, flexible, turn);
    }

    /** Gives way when the table is too wide. */
    static Column flexible(String heading) {
      return new Column(heading, false, true, 0);
    }
  }

  /** A value. */
  record Cell(String text, Paint paint) {
    Cell {
      text = Words.printable(text);
    }

    static Cell of(Object value) {
      return new Cell(String.valueOf(value), Paint.NONE);
    }

    static Cell state(String label) {
      return new Cell(label, Paint.ofState(label));
    }
  }

  /** Adds a row; values that are no cells are shown as they are. */
  Table row(Object... values) {
    if (values.length != columns.size()) {
      throw new IllegalArgumentException(
          "the table has " + columns.size() + " columns, the row " + values.length);
    }
    rows.add(Arrays.stream(values).map(v -> v instanceof Cell cell ? cell : Cell.of(v)).toList());
    return this;
  }

  /** Prints the rows; those that are added later are printed below, without the headings. */
  void print(Terminal terminal) {
    List<String> lines = render(terminal);
    terminal.line(String.join("\n", headed ? lines.subList(1, lines.size()) : lines));
    headed = true;
    rows.clear();
  }

  List<String> render(Terminal terminal) {
    int[] widths = widths(terminal.columns());
    List<String> lines = new ArrayList<>();
    lines.add(
        line(
            terminal,
            widths,
            columns.stream().map(c -> new Cell(c.heading(), Paint.STRONG)).toList()));
    rows.forEach(row -> lines.add(line(terminal, widths, row)));
    return lines;
  }

  private int[] widths(int available) {
    int[] widths = wanted();
    int over = over(widths, available);
    for (int widest = widest(widths); over > 0 && widest >= 0; widest = widest(widths)) {
      widths[widest]--;
      over--;
    }
    int spare = spare();
    if (over > 0 && !headed && spare >= 0) {
      gone[spare] = true;
      return widths(available);
    }
    System.arraycopy(widths, 0, atLeast, 0, widths.length);
    return widths;
  }

  private int[] wanted() {
    int[] widths = new int[columns.size()];
    for (int i = 0; i < widths.length; i++) {
      int column = i;
      widths[i] =
          Math.max(
              Math.max(columns.get(i).heading().length(), atLeast[i]),
              rows.stream().mapToInt(r -> Words.width(r.get(column).text())).max().orElse(0));
    }
    return widths;
  }

  private int over(int[] widths, int available) {
    int all = -GAP.length();
    for (int i = 0; i < widths.length; i++) {
      all += gone[i] ? 0 : widths[i] + GAP.length();
    }
    return all - available;
  }

  /** The next to go; less than 0 when all that are left stay. */
  private int spare() {
    int next = -1;
    for (int i = 0; i < gone.length; i++) {
      int turn = columns.get(i).spare();
      if (!gone[i] && turn > 0 && (next < 0 || turn < columns.get(next).spare())) {
        next = i;
      }
    }
    return next;
  }

  private int widest(int[] widths) {
    int widest = -1;
    for (int i = 0; i < widths.length; i++) {
      boolean gives =
          columns.get(i).flexible()
              && !gone[i]
              && widths[i] > Math.max(NARROWEST, columns.get(i).heading().length());
      if (gives && (widest < 0 || widths[i] > widths[widest])) {
        widest = i;
      }
    }
    return widest;
  }

  private String line(Terminal terminal, int[] widths, List<Cell> cells) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < cells.size(); i++) {
      if (gone[i]) {
        continue;
      }
      Cell cell = cells.get(i);
      String text = Words.fit(cell.text(), widths[i]);
      String space = " ".repeat(Math.max(0, widths[i] - Words.width(text)));
      String painted = cell.paint() == Paint.NONE ? text : terminal.paint(cell.paint(), text);
      boolean last = i == cells.size() - 1;
      line.append(line.isEmpty() ? "" : GAP)
          .append(columns.get(i).right() ? space : "")
          .append(painted)
          .append(columns.get(i).right() || last ? "" : space);
    }
    return line.toString();
  }
}
