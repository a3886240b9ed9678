package dev.millrace.orch.crash;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * One version of one object that a client drops, and what must come of it.
 *
 * @param token names the key's outputs; no two keys share one
 * @param first what the script reads: token, whether the first attempt fails, and half its nap
 * @param payload what follows in the file
 */
record Drop(String key, String token, String first, String payload) {
  private static final List<String> SHAPES =
      List.of(
          "in/%s.dat",
          "in/deep/er/%s.dat",
          "in/a//%s",
          "in/./%s.dat",
          "in/../%s",
          "in/with space/%s file.dat",
          "in/plus+%%2F%%percent/%s",
          "in/ünï/💧%s.dat",
          "in/%s/..",
          "in/-%s'\"$(x);&*?");

  /** A new key. */
  static Drop fresh(RandomGenerator random, String token) {
    boolean odd = random.nextInt(3) == 0;
    String shape = SHAPES.get(odd ? random.nextInt(SHAPES.size()) : 0);
    return version(random, String.format(shape, token), token);
  }

  /** A new key whose function runs in a container. */
  static Drop boxed(RandomGenerator random, String token) {
    return version(random, Function.BOX + token + ".dat", token);
  }

  /** Another version of this key. */
  Drop again(RandomGenerator random) {
    return version(random, key, token);
  }

  private static Drop version(RandomGenerator random, String key, String token) {
    String mode = random.nextInt(20) == 0 ? "once" : "good";
    int hundredths = 10 + random.nextInt(40);
    StringBuilder payload = new StringBuilder();
    int lines = random.nextInt(10) == 0 ? random.nextInt(2_000) : random.nextInt(20);
    for (int i = 0; i < lines; i++) {
      payload.append(HexFormat.of().toHexDigits(random.nextLong())).append('\n');
    }
    payload.append(HexFormat.of().toHexDigits(random.nextLong())).append('\n');
    return new Drop(key, token, token + " " + mode + " 0." + hundredths, payload.toString());
  }

  /** The object's content. */
  byte[] content() {
    return (first + "\n" + payload).getBytes(StandardCharsets.UTF_8);
  }

  /** What the function says of it in its first file. */
  String one() {
    return "begin " + token + "\n" + key + "\n" + sha256() + "\nend " + token + "\n";
  }

  /** What the function leaves in its second file. */
  String two() {
    return payload + "end " + token + "\n";
  }

  private String sha256() {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(content());
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
