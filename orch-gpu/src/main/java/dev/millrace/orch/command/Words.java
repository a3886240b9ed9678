package dev.millrace.orch.command;

import dev.millrace.orch.api.view.EntryView;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Values as people read them, and text that fits a terminal. */
final class Words {
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);
  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT);

  private static final Pattern OPENS = Pattern.compile("\\(?(['`]).*");

  private Words() {}

  /** Bytes with three digits or so: {@code 1.2 MiB}. */
  static String size(long bytes) {
    if (bytes < 1024) {
      return bytes + " B";
    }
    String[] units = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    double value = bytes / 1024.0;
    int unit = 0;
    while (value >= 999.95 && unit < units.length - 1) {
      value /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %s", value, units[unit]);
  }

  /** A number with commas: {@code 100,001}. */
  static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /** So many files: {@code 1 file}, {@code 2,000 files}. */
  static String files(long number) {
    return count(number) + (number == 1 ? " file" : " files");
  }

  /** A duration: {@code 12 ms}, {@code 3.4 s}, {@code 2 m 5 s}. */
  static String took(Duration duration) {
    long millis = duration.toMillis();
    if (millis < 1000) {
      return millis + " ms";
    }
    if (millis < 60_000) {
      return String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
    }
    long seconds = duration.toSeconds();
    return seconds < 3600
        ? seconds / 60 + " m " + seconds % 60 + " s"
        : seconds / 3600 + " h " + seconds / 60 % 60 + " m";
  }

  /** How long ago, in four characters or so: {@code 12s}, {@code 3m}, {@code 5h}, {@code 9d}. */
  static String age(Instant then, Instant now) {
    long seconds = Math.max(0, Duration.between(then, now).toSeconds());
    if (seconds < 100) {
      return seconds + "s";
    }
    if (seconds < 100 * 60) {
      return seconds / 60 + "m";
    }
    return seconds < 48 * 3600 ? seconds / 3600 + "h" : seconds / 86_400 + "d";
  }

  static String day(Instant at) {
    return DAY.format(at.atZone(ZoneId.systemDefault()));
  }

  static String clock(Instant at) {
    return CLOCK.format(at.atZone(ZoneId.systemDefault()));
  }

  /** Money without trailing zeros: {@code 0.0012 EUR}. */
  static String money(EntryView.Billed billed) {
    BigDecimal amount = new BigDecimal(billed.nanos()).movePointLeft(9).stripTrailingZeros();
    return (amount.scale() < 2 ? amount.setScale(2) : amount).toPlainString()
        + " "
        + billed.currency();
  }

  /** Text from outside on one line, with what a terminal would obey written out. */
  static String printable(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints()
        .forEach(c -> {
          int type = Character.getType(c);
          boolean hidden =
              Character.isISOControl(c)
                  || type == Character.FORMAT
                  || type == Character.SURROGATE
                  || type == Character.LINE_SEPARATOR
                  || type == Character.PARAGRAPH_SEPARATOR;
          out.append(hidden ? String.format("\\u%04x", c) : Character.toString(c));
        });
    return out.toString();
  }

  /** Columns that text takes: wide scripts and pictures take two, combining marks none. */
  static int width(String text) {
    return text.codePoints().map(Words::width).sum();
  }

  private static int width(int c) {
    int type = Character.getType(c);
    if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK) {
      return 0;
    }
    boolean wide =
        (c >= 0x1100 && c <= 0x115f)
            || (c >= 0x2e80 && c <= 0xa4cf)
            || (c >= 0xac00 && c <= 0xd7a3)
            || (c >= 0xf900 && c <= 0xfaff)
            || (c >= 0xfe30 && c <= 0xfe6f)
            || (c >= 0xff00 && c <= 0xff60)
            || (c >= 0x1f300 && c <= 0x1faff)
            || (c >= 0x20000 && c <= 0x3fffd);
    return wide ? 2 : 1;
  }

  /** At most so many columns; what is cut is cut in the middle, since names differ at the ends. */
  static String fit(String text, int columns) {
    if (width(text) <= columns) {
      return text;
    }
    if (columns < 5) {
      return head(text, columns);
    }
    int tail = (columns - 2) * 2 / 3;
    return head(text, columns - 2 - tail) + ".." + tail(text, tail);
  }

  private static String head(String text, int columns) {
    StringBuilder out = new StringBuilder();
    int left = columns;
    for (int c : text.codePoints().toArray()) {
      left -= width(c);
      if (left < 0) {
        break;
      }
      out.appendCodePoint(c);
    }
    return out.toString();
  }

  private static String tail(String text, int columns) {
    int[] points = text.codePoints().toArray();
    int from = points.length;
    int left = columns;
    while (from > 0 && left - width(points[from - 1]) >= 0) {
      from--;
      left -= width(points[from]);
    }
    return new String(points, from, points.length - from);
  }

  /** Lines of at most so many columns, broken at spaces where there are some, as far indented. */
  static List<String> wrap(String text, int columns) {
    String indent = " ".repeat(text.length() - text.stripLeading().length());
    return indent.isEmpty() || indent.length() > columns / 2
        ? broken(text, columns)
        : broken(text.stripLeading(), columns - indent.length()).stream()
            .map(line -> indent + line)
            .toList();
  }

  /** Its words; what is quoted is one, where it fits a line: it may be a command to copy. */
  private static List<String> words(String text, int columns) {
    List<String> words = new ArrayList<>(Arrays.asList(text.split(" ", -1)));
    for (int i = 0; i < words.size(); i++) {
      Matcher opens = OPENS.matcher(words.get(i));
      for (int end = i; opens.matches() && end < words.size(); end++) {
        if (words.get(end).matches(".+" + opens.group(1) + "[.,;:!?)]*")) {
          String whole = String.join(" ", words.subList(i, end + 1));
          if (width(whole) <= columns) {
            words.subList(i, end + 1).clear();
            words.add(i, whole);
          }
          break;
        }
      }
    }
    return words;
  }

  private static List<String> broken(String text, int columns) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : words(printable(text), columns)) {
      String rest = word;
      if (!line.isEmpty() && width(line.toString()) + 1 + width(rest) > columns) {
        lines.add(line.toString());
        line.setLength(0);
      }
      if (!line.isEmpty()) {
        line.append(' ');
      }
      while (width(rest) > columns) {
        String part = head(rest, columns);
        lines.add(part);
        rest = rest.substring(part.length());
      }
      line.append(rest);
    }
    lines.add(line.toString());
    return lines;
  }
}
