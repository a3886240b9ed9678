package dev.millrace.ledger.checkpoint;

import dev.millrace.schema.ledger.LedgerKey;
import dev.millrace.schema.sign.Hex;
import dev.millrace.schema.sign.OpenKey;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/**
 * A named Ed25519 public key that verifies signed notes (c2sp.org/signed-note, signature type 1).
 */
public final class NoteKey {
  /** What comes before the 32 bytes of an Ed25519 key in its X.509 form (RFC 8410). */
  private static final byte[] X509_HEAD = HexFormat.of().parseHex("302a300506032b6570032100");

  private static final byte ED25519 = 1;

  private final String name;
  private final byte[] raw;
  private final OpenKey key;

  private NoteKey(String name, byte[] raw) {
    this.name = name;
    this.raw = raw;
    this.key = OpenKey.of(x509(raw));
  }

  private static byte[] x509(byte[] raw) {
    byte[] x509 = Arrays.copyOf(X509_HEAD, X509_HEAD.length + raw.length);
    System.arraycopy(raw, 0, x509, X509_HEAD.length, raw.length);
    return x509;
  }

  /**
   * A key under a name.
   *
   * @param name for instance {@code example.org/millrace}: no space, no plus, no control character
   * @param x509 an Ed25519 public key
   */
  public static NoteKey of(String name, byte[] x509) {
    if (name.isEmpty()
        || name.chars()
            .anyMatch(c -> c == '+' || c < ' ' || c == 127 || Character.isSpaceChar(c))) {
      throw new IllegalArgumentException(
          "a log's name is not empty and has no space, plus or control character: '" + name + "'");
    }
    if (x509.length != X509_HEAD.length + 32
        || !Arrays.equals(x509, 0, X509_HEAD.length, X509_HEAD, 0, X509_HEAD.length)) {
      throw new IllegalArgumentException("not an Ed25519 public key in X.509 form");
    }
    return new NoteKey(name, Arrays.copyOfRange(x509, X509_HEAD.length, x509.length));
  }

  /**
   * Reads {@link #line()}.
   *
   * @throws IllegalArgumentException when the text is not of that form
   */
  public static NoteKey parse(String line) {
    String[] parts = line.strip().split("\\+", 3);
    if (parts.length == 3) {
      byte[] tagged = Base64.getDecoder().decode(parts[2]);
      if (tagged.length == 33 && tagged[0] == ED25519) {
        NoteKey key = of(parts[0], x509(Arrays.copyOfRange(tagged, 1, 33)));
        if (Hex.of(key.id()).equals(parts[1])) {
          return key;
        }
      }
    }
    throw new IllegalArgumentException(
        "a note's key is written name+id+base64 with the id that follows from the rest: '"
            + line.strip()
            + "'");
  }

  /** The form that Go's {@code golang.org/x/mod/sumdb/note} and witnesses read. */
  public String line() {
    byte[] tagged = new byte[33];
    tagged[0] = ED25519;
    System.arraycopy(raw, 0, tagged, 1, 32);
    return name + "+" + Hex.of(id()) + "+" + Base64.getEncoder().encodeToString(tagged);
  }

  /** All the forms that checkers take it in. */
  public LedgerKey published() {
    String pem =
        "-----BEGIN PUBLIC KEY-----\n"
            + Base64.getEncoder().encodeToString(x509(raw))
            + "\n-----END PUBLIC KEY-----\n";
    return new LedgerKey(name, Hex.of(id()), line(), pem);
  }

  /** The key's name; for a log, its origin. */
  public String name() {
    return name;
  }

  /** First four bytes of SHA-256 over name, newline, signature type and key. */
  byte[] id() {
    byte[] named = (name + "\n").getBytes(StandardCharsets.UTF_8);
    byte[] all = Arrays.copyOf(named, named.length + 33);
    all[named.length] = ED25519;
    System.arraycopy(raw, 0, all, named.length + 1, 32);
    return Arrays.copyOf(Hex.sha256(all), 4);
  }

  boolean verify(byte[] text, byte[] signature) {
    return key.verify(text, signature);
  }
}
