package dev.millrace.orch.desk;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** The end of a log as a sentence quotes it: few lines, short ones, nothing a terminal obeys. */
final class LogTail {
  private static final int LINES = 3;
  private static final int LINE_MAX = 200;
  private static final int BYTES = 4096;
  private static final Pattern COLOURS = Pattern.compile("\u001b\\[[0-9;]*m");

  private LogTail() {}

  /** Its last lines that are not blank; reads all of it, and holds a few KiB. */
  static List<String> of(InputStream log) throws IOException {
    byte[] kept = new byte[0];
    for (byte[] more = log.readNBytes(BYTES); more.length > 0; more = log.readNBytes(BYTES)) {
      kept = end(kept, more);
    }
    List<String> lines =
        new String(kept, StandardCharsets.UTF_8)
            .lines()
            .map(line -> printable(COLOURS.matcher(line).replaceAll("")))
            .filter(line -> !line.isBlank())
            .toList();
    return lines.subList(Math.max(0, lines.size() - LINES), lines.size());
  }

  private static byte[] end(byte[] before, byte[] more) {
    byte[] joined = new byte[before.length + more.length];
    System.arraycopy(before, 0, joined, 0, before.length);
    System.arraycopy(more, 0, joined, before.length, more.length);
    int from = Math.max(0, joined.length - BYTES);
    return Arrays.copyOfRange(joined, from, joined.length);
  }

  private static String printable(String line) {
    StringBuilder out = new StringBuilder();
    for (int c : line.strip().codePoints().toArray()) {
      if (out.length() >= LINE_MAX) {
        return out.append("..").toString();
      }
      int type = Character.getType(c);
      boolean hidden = Character.isISOControl(c) || type == Character.FORMAT;
      out.append(hidden ? String.format("\\u%04x", c) : Character.toString(c));
    }
    return out.toString();
  }
}
