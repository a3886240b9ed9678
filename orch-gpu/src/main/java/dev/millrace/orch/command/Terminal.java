package dev.millrace.orch.command;

import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where commands write.
 *
 * @param interactive whether {@code out} is a terminal, which can be written over
 * @param colors whether it shall be coloured
 * @param hints how commands are written in advice
 */
public record Terminal(
    PrintStream out,
    PrintStream err,
    boolean interactive,
    boolean colors,
    int columns,
    int lines,
    Hints hints) {
  private static final int COLUMNS = 80;
  private static final int LINES = 24;
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,4}) ([0-9]{1,4})");

  /** One whose commands in advice are as they are written. */
  public Terminal(
      PrintStream out,
      PrintStream err,
      boolean interactive,
      boolean colors,
      int columns,
      int lines) {
    this(out, err, interactive, colors, columns, lines, Hints.AS_WRITTEN);
  }

  /**
   * This process's own. The launcher says in {@code MILLRACE_TERMINAL} whether the output is a
   * terminal, and how large: {@code rows columns}.
   */
  public static Terminal ofProcess(Map<String, String> environment, Hints hints) {
    Matcher size = SIZE.matcher(environment.getOrDefault("MILLRACE_TERMINAL", ""));
    boolean known = size.matches();
    boolean dumb = "dumb".equals(environment.get("TERM"));
    boolean interactive = (known || consoleIsTerminal()) && !dumb;
    boolean colors = interactive && environment.getOrDefault("NO_COLOR", "").isEmpty();
    return new Terminal(
        stream(FileDescriptor.out),
        stream(FileDescriptor.err),
        interactive,
        colors,
        known ? atLeast(Integer.parseInt(size.group(2)), 40, COLUMNS) : COLUMNS,
        known ? atLeast(Integer.parseInt(size.group(1)), 5, LINES) : LINES,
        hints);
  }

  private static boolean consoleIsTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  private static int atLeast(int told, int min, int otherwise) {
    return told == 0 ? otherwise : Math.max(told, min);
  }

  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), false, StandardCharsets.UTF_8);
  }

  /** The same without colours. */
  Terminal plain() {
    return new Terminal(out, err, interactive, false, columns, lines, hints);
  }

  /** A line for people or programs. */
  public void line(String text) {
    out.print(text + "\n");
    out.flush();
  }

  /** A line beside the output. */
  public void note(String text) {
    err.print(text + "\n");
    err.flush();
  }

  /** Advice for people: commands as they are given here, broken between words on a terminal. */
  public void say(String text) {
    told(text).forEach(this::line);
  }

  /** A remark below the output. */
  void faint(String text) {
    told(text).forEach(line -> line(paint(Paint.FAINT, line)));
  }

  /** Advice beside the output. */
  public void tell(String text) {
    told(text).forEach(this::note);
  }

  private List<String> told(String text) {
    String whole = hints.in(text);
    return interactive ? Words.wrap(whole, columns) : List.of(Words.printable(whole));
  }

  /** Text that has a colour where there are colours. */
  public String paint(Paint paint, String text) {
    return colors && paint != Paint.NONE ? paint.code() + text + Paint.RESET : text;
  }
}
