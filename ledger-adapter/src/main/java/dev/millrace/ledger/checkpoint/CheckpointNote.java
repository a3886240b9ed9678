package dev.millrace.ledger.checkpoint;

import dev.millrace.schema.ledger.Checkpoint;
import dev.millrace.schema.sign.Hex;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/** Reads a published checkpoint and believes it only when a known key signed it. */
public final class CheckpointNote {
  private static final Pattern SIZE = Pattern.compile("0|[1-9][0-9]{0,17}");
  private static final int LONGEST = 64 * 1024;

  private CheckpointNote() {}

  /** What became of a note. */
  public sealed interface Opened {}

  /** The key signed it. */
  public record Believed(Checkpoint checkpoint) implements Opened {}

  /** It is malformed, of another log, or not signed by the key. */
  public record Refused(String reason) implements Opened {}

  /**
   * Opens a note. Signatures by other keys, such as witnesses', are passed over; extension lines
   * are allowed, since they are signed too.
   *
   * @param key of the log; its name is the origin that is expected
   */
  public static Opened open(String note, NoteKey key) {
    if (note.length() > LONGEST) {
      return new Refused("the checkpoint is longer than " + LONGEST + " characters");
    }
    int blank = note.lastIndexOf("\n\n");
    if (blank < 0 || !note.endsWith("\n") || note.chars().anyMatch(c -> c < ' ' && c != '\n')) {
      return new Refused("the checkpoint is not a signed note: text, empty line, signatures");
    }
    String text = note.substring(0, blank + 1);
    List<String> lines = List.of(text.substring(0, blank).split("\n", -1));
    if (lines.size() < 3 || lines.contains("")) {
      return new Refused("a checkpoint's text is three lines or more: origin, size, root");
    }
    if (!lines.getFirst().equals(key.name())) {
      return new Refused(
          "the checkpoint is of the log '" + lines.getFirst() + "', not of '" + key.name() + "'");
    }
    List<String> signatures = List.of(note.substring(blank + 2, note.length() - 1).split("\n", -1));
    return switch (signedBy(key, text, signatures)) {
      case VERIFIED -> read(lines, note);
      case FORGED -> new Refused("the signature of key " + key.name() + " does not verify");
      case ABSENT -> new Refused("no signature is of the key " + key.line());
    };
  }

  private enum Signed {
    VERIFIED,
    FORGED,
    ABSENT
  }

  private static Signed signedBy(NoteKey key, String text, List<String> signatures) {
    Signed found = Signed.ABSENT;
    for (String line : signatures) {
      String head = "\u2014 " + key.name() + " ";
      if (!line.startsWith(head)) {
        continue;
      }
      byte[] both = strictBase64(line.substring(head.length()));
      if (both.length < 4 || !Arrays.equals(both, 0, 4, key.id(), 0, 4)) {
        continue;
      }
      byte[] signature = Arrays.copyOfRange(both, 4, both.length);
      if (!key.verify(text.getBytes(StandardCharsets.UTF_8), signature)) {
        return Signed.FORGED;
      }
      found = Signed.VERIFIED;
    }
    return found;
  }

  private static Opened read(List<String> lines, String note) {
    byte[] root = strictBase64(lines.get(2));
    if (!SIZE.matcher(lines.get(1)).matches() || root.length != 32) {
      return new Refused("the checkpoint's size or root is malformed");
    }
    return new Believed(
        new Checkpoint(lines.getFirst(), Long.parseLong(lines.get(1)), Hex.of(root), note));
  }

  /** The bytes, or none when the text is not the one way to write them. */
  private static byte[] strictBase64(String text) {
    try {
      byte[] bytes = Base64.getDecoder().decode(text);
      return Base64.getEncoder().encodeToString(bytes).equals(text) ? bytes : new byte[0];
    } catch (IllegalArgumentException e) {
      return new byte[0];
    }
  }
}
