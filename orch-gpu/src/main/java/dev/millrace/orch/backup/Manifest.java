package dev.millrace.orch.backup;

import dev.millrace.schema.sign.Hex;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a backup holds. As text: a first line with the version of the form, {@code taken}, {@code
 * by}, a line {@code file SHA-256 BYTES PATH} for each file, and a last line with the SHA-256 of
 * all before it, so that no byte of it changes unnoticed.
 *
 * @param by the version of the program that made it
 */
public record Manifest(Instant taken, String by, List<Item> items) {
  /** Its name in the archive; the last entry. */
  public static final String NAME = "MANIFEST";

  private static final String FORM = "millrace-backup ";
  private static final int VERSION = 1;
  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

  public Manifest {
    items = List.copyOf(items);
  }

  /**
   * A file.
   *
   * @param path relative to the data folder, with {@code /}
   * @param sha256 in hex
   */
  public record Item(String path, long bytes, String sha256) {
    public Item {
      if (!safe(path)) {
        throw new IllegalArgumentException("'" + path + "' is no path inside of a data folder");
      }
      if (bytes < 0 || !DIGEST.matcher(sha256).matches()) {
        throw new IllegalArgumentException("size or digest of '" + path + "' is malformed");
      }
    }
  }

  /** Whether a path leads nowhere but into the folder that it is relative to. */
  static boolean safe(String path) {
    if (path.isEmpty() || path.length() > 4096 || path.indexOf('\\') >= 0) {
      return false;
    }
    if (path.chars().anyMatch(Character::isISOControl)) {
      return false;
    }
    for (String step : path.split("/", -1)) {
      if (step.isEmpty() || step.equals(".") || step.equals("..")) {
        return false;
      }
    }
    return true;
  }

  /** All bytes of its files. */
  public long bytes() {
    return items.stream().mapToLong(Item::bytes).sum();
  }

  /** Its text in UTF-8. */
  byte[] encoded() {
    StringBuilder text = new StringBuilder();
    text.append(FORM).append(VERSION).append("\ntaken ").append(taken).append("\nby ").append(by);
    text.append('\n');
    for (Item item : items) {
      text.append("file ").append(item.sha256()).append(' ').append(item.bytes()).append(' ');
      text.append(item.path()).append('\n');
    }
    String digest = Hex.of(Hex.sha256(text.toString().getBytes(StandardCharsets.UTF_8)));
    return text.append("end ")
        .append(digest)
        .append('\n')
        .toString()
        .getBytes(StandardCharsets.UTF_8);
  }

  /**
   * Reads a text.
   *
   * @throws IOException when it is of another version, or was changed
   */
  static Manifest read(byte[] bytes) throws IOException {
    String text = text(bytes);
    String first = text.lines().findFirst().orElse("");
    if (!first.equals(FORM + VERSION)) {
      throw new IOException(
          first.startsWith(FORM)
              ? "it is of form '"
                  + first
                  + "', this program reads '"
                  + FORM
                  + VERSION
                  + "': restore it with the version of Millrace that made it"
              : "it is no backup of Millrace");
    }
    int end = text.lastIndexOf("end ");
    if (end < 1 || text.charAt(end - 1) != '\n') {
      throw changed();
    }
    String body = text.substring(0, end);
    String digest = Hex.of(Hex.sha256(body.getBytes(StandardCharsets.UTF_8)));
    if (!text.substring(end).equals("end " + digest + "\n")) {
      throw changed();
    }
    try {
      return parsed(body.lines().toList());
    } catch (IllegalArgumentException | DateTimeException | IndexOutOfBoundsException e) {
      throw new IOException("its list of files is malformed: " + e.getMessage(), e);
    }
  }

  private static String text(byte[] bytes) throws IOException {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new IOException("its list of files was changed", e);
    }
  }

  private static IOException changed() {
    return new IOException("its list of files was changed");
  }

  private static Manifest parsed(List<String> lines) {
    Instant taken = Instant.parse(after(lines.get(1), "taken "));
    String by = after(lines.get(2), "by ");
    List<Item> items = new ArrayList<>();
    Set<String> paths = new HashSet<>();
    for (String line : lines.subList(3, lines.size())) {
      String[] words = after(line, "file ").split(" ", 3);
      if (words.length < 3 || !NUMBER.matcher(words[1]).matches() || !paths.add(words[2])) {
        throw new IllegalArgumentException(line);
      }
      items.add(new Item(words[2], Long.parseLong(words[1]), words[0]));
    }
    return new Manifest(taken, by, items);
  }

  private static String after(String line, String word) {
    if (!line.startsWith(word)) {
      throw new IllegalArgumentException(line);
    }
    return line.substring(word.length());
  }
}
