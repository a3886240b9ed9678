package dev.millrace.orch.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that people name, which may be any: no more of one is read than what it is to hold. */
public final class NamedFile {
  /** Enough for a password or a key. */
  public static final int WORD = 4 << 10;

  /** Enough for a page that a person or this program wrote. */
  public static final int PAGE = 1 << 20;

  private NamedFile() {}

  /**
   * The whole file.
   *
   * @throws IOException when it cannot be read or is larger; the message says what to do
   */
  public static byte[] bytes(Path file, int most) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(most + 1);
      if (bytes.length > most) {
        throw new IOException(
            file
                + " is larger than "
                + (most >> 10)
                + " KiB, which is not what it is to hold: "
                + "name the right file");
      }
      return bytes;
    }
  }

  /** The same, of UTF-8 text. */
  public static String text(Path file, int most) throws IOException {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes(file, most)))
          .toString();
    } catch (CharacterCodingException e) {
      throw new IOException(file + " is not UTF-8 text: save it as UTF-8", e);
    }
  }

  /** One word, for instance a password, without what is around it. */
  public static String word(Path file) throws IOException {
    return text(file, WORD).strip();
  }
}
