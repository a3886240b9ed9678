package dev.millrace.orch.command;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * A run's bytes on a terminal: what a function writes must not move the cursor, rename the window,
 * answer for the keyboard or hide what came before. Line feeds, tabs and carriage returns go
 * through, and so do colours (ECMA-48, 8.3.117 SGR); other controls are written out. What is cut
 * between two pieces is kept until the next. For one thread at a time.
 */
final class LogScreen extends OutputStream {
  private static final int ESCAPE = 0x1b;

  /** More than any colour needs. */
  private static final int SEQUENCE_MAX = 64;

  private final PrintStream out;
  private final StringBuilder sequence = new StringBuilder();
  private final ByteArrayOutputStream character = new ByteArrayOutputStream(4);
  private int following;

  LogScreen(PrintStream out) {
    this.out = out;
  }

  @Override
  public void write(int b) {
    int octet = b & 0xff;
    if (following > 0 && (octet & 0xc0) == 0x80) {
      character.write(octet);
      if (--following == 0) {
        shown(character.toString(StandardCharsets.UTF_8));
        character.reset();
      }
      return;
    }
    broken();
    if (octet < 0x80) {
      shown(Character.toString(octet));
    } else if (octet >= 0xc2 && octet <= 0xf4) {
      character.write(octet);
      following = octet < 0xe0 ? 1 : octet < 0xf0 ? 2 : 3;
    } else {
      shown("\ufffd");
    }
  }

  /** A character that ended too soon. */
  private void broken() {
    if (following > 0) {
      following = 0;
      character.reset();
      shown("\ufffd");
    }
  }

  private void shown(String text) {
    text.codePoints().forEach(this::shown);
  }

  private void shown(int c) {
    if (!sequence.isEmpty()) {
      if (goesOn(c)) {
        sequence.appendCodePoint(c);
        if (c == 'm') {
          out.print(sequence);
          sequence.setLength(0);
        }
        return;
      }
      noColour();
    }
    if (c == ESCAPE) {
      sequence.append((char) ESCAPE);
    } else if (c == '\n' || c == '\t' || c == '\r') {
      out.print((char) c);
    } else {
      out.print(Words.printable(Character.toString(c)));
    }
  }

  /** Whether what was begun can still be a colour: {@code ESC [ 1;31 m}. */
  private boolean goesOn(int c) {
    if (sequence.length() == 1) {
      return c == '[';
    }
    return sequence.length() < SEQUENCE_MAX
        && (c >= '0' && c <= '9' || c == ';' || c == ':' || c == 'm');
  }

  /** What was begun is no colour: its escape is written out, and the rest is text. */
  private void noColour() {
    out.print(String.format(Locale.ROOT, "\\u%04x", ESCAPE));
    out.print(sequence.substring(1));
    sequence.setLength(0);
  }

  @Override
  public void flush() {
    out.flush();
  }

  /** Writes what is left; the terminal stays open. */
  @Override
  public void close() {
    broken();
    if (!sequence.isEmpty()) {
      noColour();
    }
    out.flush();
  }
}
