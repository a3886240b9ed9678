package dev.millrace.orch.keys;

import dev.millrace.schema.sign.Hex;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The file of the keys that secrets of functions are sealed under, one a line in base64: the first
 * seals, the others open what was sealed before. It is read each time, so that one that was put
 * back works at once.
 */
public final class SecretKeyFile {
  /** Its name in the folder of keys. */
  public static final String NAME = "secrets.key";

  private static final int BYTES = 32;
  private static final int SIZE_MAX = 4096;

  private final Path file;

  /** The one in this folder. */
  public SecretKeyFile(Path folder) {
    this.file = folder.resolve(NAME);
  }

  /**
   * A key.
   *
   * @param id which tells nothing of it
   */
  public record Key(String id, SecretKeySpec key) {
    static Key of(byte[] bytes) {
      try {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(bytes, "HmacSHA256"));
        byte[] id = mac.doFinal("millrace secret key".getBytes(StandardCharsets.US_ASCII));
        return new Key(Hex.of(id).substring(0, 16), new SecretKeySpec(bytes, "AES"));
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("every JDK has HmacSHA256", e);
      }
    }

    @Override
    public String toString() {
      return "Key[" + id + "]";
    }
  }

  /** Where it is. */
  public Path path() {
    return file;
  }

  /** Whether there is one. */
  public boolean exists() {
    return Files.exists(file);
  }

  /** Whether others than its owner may read it. */
  public boolean open() throws IOException {
    Set<PosixFilePermission> rights = Files.getPosixFilePermissions(file);
    return rights.contains(PosixFilePermission.GROUP_READ)
        || rights.contains(PosixFilePermission.OTHERS_READ);
  }

  /**
   * Its keys, one or more.
   *
   * @throws IOException that says what is wrong with it
   */
  public List<Key> read() throws IOException {
    if (!exists()) {
      throw new IOException("the key file " + file + " is not there");
    }
    if (Files.size(file) > SIZE_MAX) {
      throw new IOException("the key file " + file + " is damaged: it is too long");
    }
    List<Key> keys = new ArrayList<>();
    for (String line : Files.readString(file, StandardCharsets.ISO_8859_1).split("\n", -1)) {
      if (!line.isBlank()) {
        keys.add(Key.of(decoded(line.strip())));
      }
    }
    if (keys.isEmpty()) {
      throw new IOException("the key file " + file + " is damaged: it is empty");
    }
    return keys;
  }

  private byte[] decoded(String line) throws IOException {
    byte[] bytes = new byte[0];
    try {
      bytes = Base64.getDecoder().decode(line);
    } catch (IllegalArgumentException e) {
      // The text may be a part of the key: it is not repeated.
    }
    if (bytes.length != BYTES) {
      throw new IOException(
          "the key file " + file + " is damaged: each line is 32 bytes in base64");
    }
    return bytes;
  }

  /** A fresh key, which is not kept yet. */
  public static Key fresh(SecureRandom random) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return Key.of(bytes);
  }

  /** Takes the place of what is there, synced, for its owner alone. */
  public void write(List<Key> keys) throws IOException {
    StringBuilder text = new StringBuilder();
    for (Key key : keys) {
      text.append(Base64.getEncoder().encodeToString(key.key().getEncoded())).append('\n');
    }
    KeyFiles.write(file, text.toString());
  }
}
