package dev.millrace.orch.command;

import dev.millrace.orch.api.view.BucketView;
import dev.millrace.orch.api.view.ObjectPage;
import java.util.List;

/** Objects as lines, in the manner of other listings of buckets: time, size, key. */
final class ObjectLines {
  private static final int TIME = 19;
  private static final int DAY = 10;
  private static final int SIZE = 11;
  private static final String GAP = "  ";

  /** A terminal of fewer columns has room for the day alone. */
  private static final int NARROW = 60;

  private final Terminal terminal;
  private final boolean eTags;
  private final int time;
  private long objects;
  private long folders;
  private long bytes;

  ObjectLines(Terminal terminal, boolean eTags) {
    this.terminal = terminal;
    this.eTags = eTags;
    this.time = terminal.interactive() && terminal.columns() < NARROW ? DAY : TIME;
  }

  void print(ObjectPage page) {
    StringBuilder text = new StringBuilder();
    for (String folder : page.folders()) {
      line(text, " ".repeat(time + SIZE - 3) + "PRE ", folder, Paint.STRONG);
    }
    for (ObjectPage.Row row : page.objects()) {
      String day = Words.day(row.lastModified()).substring(0, time);
      String start = day + String.format("%" + SIZE + "d ", row.size());
      line(text, eTags ? start + row.eTag() + " " : start, row.key(), Paint.NONE);
    }
    terminal.out().print(text);
    terminal.out().flush();
    count(page);
  }

  /**
   * Buckets: a name is never cut; where there is no room for the time, the day or nothing stands.
   */
  static void buckets(Terminal terminal, List<BucketView> buckets) {
    int longest = buckets.stream().mapToInt(b -> Words.width(b.name())).max().orElse(0);
    int room = terminal.interactive() ? terminal.columns() - longest - GAP.length() : TIME;
    int shown = room >= TIME ? TIME : room >= DAY ? DAY : 0;
    for (BucketView bucket : buckets) {
      String time = shown == 0 ? "" : Words.day(bucket.createdAt()).substring(0, shown) + GAP;
      terminal.line(time + Words.printable(bucket.name()));
    }
  }

  /** On a terminal a line is one line; elsewhere a key must be whole to be of use. */
  private void line(StringBuilder text, String start, String key, Paint paint) {
    String printable = Words.printable(key);
    String shown =
        terminal.interactive()
            ? Words.fit(printable, Math.max(12, terminal.columns() - start.length()))
            : printable;
    text.append(start)
        .append(paint == Paint.NONE ? shown : terminal.paint(paint, shown))
        .append('\n');
  }

  void count(ObjectPage page) {
    objects += page.objects().size();
    folders += page.folders().size();
    page.objects().forEach(row -> bytes += row.size());
  }

  boolean isEmpty() {
    return objects + folders == 0;
  }

  /** Says on the side that there is nothing, when there is nothing. */
  void nothing(S3Target where) {
    if (!isEmpty()) {
      return;
    }
    String nothing =
        where.key().isEmpty()
            ? "The bucket is empty."
            : "millrace: nothing begins with s3://"
                + where.bucket()
                + "/"
                + where.key()
                + ": 'millrace ls s3://"
                + where.bucket()
                + where.option()
                + "' lists the bucket";
    if (terminal.interactive()) {
      Words.wrap(nothing, terminal.columns()).forEach(terminal::note);
    } else {
      terminal.note(Words.printable(nothing));
    }
  }

  void end(boolean summarize, S3Target where, boolean more) {
    nothing(where);
    if (!isEmpty() && more && terminal.interactive()) {
      Words.wrap("There are more; a larger --limit shows them.", terminal.columns())
          .forEach(line -> terminal.note(terminal.paint(Paint.FAINT, line)));
    }
    if (summarize) {
      terminal.line("");
      terminal.line("objects " + objects + ", folders " + folders + ", " + Words.size(bytes));
    }
  }
}
