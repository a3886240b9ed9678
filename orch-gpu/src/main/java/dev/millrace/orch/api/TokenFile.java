package dev.millrace.orch.api;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.random.RandomGenerator;

/** The administrator's token, in a file that its owner alone can read. */
public final class TokenFile {
  /** Its name in the data folder. */
  public static final String NAME = "token";

  private static final int BYTES = 32;

  private TokenFile() {}

  /**
   * The token of this data folder; it is made when there is none.
   *
   * @param random must be unpredictable, for instance a {@code SecureRandom}
   * @throws IOException also when the file is there but holds no token
   */
  public static String readOrMake(Path data, RandomGenerator random) throws IOException {
    Path file = data.resolve(NAME);
    if (!Files.exists(file)) {
      make(file, random);
    }
    String token = Files.readString(file).strip();
    if (token.length() < 16) {
      throw new IOException(
          "the token file " + file + " holds no token: delete it, and a new one is made");
    }
    return token;
  }

  private static void make(Path file, RandomGenerator random) throws IOException {
    byte[] secret = new byte[BYTES];
    random.nextBytes(secret);
    String line = Base64.getUrlEncoder().withoutPadding().encodeToString(secret) + "\n";
    OwnerFile.write(file, line.getBytes(StandardCharsets.US_ASCII));
  }
}
