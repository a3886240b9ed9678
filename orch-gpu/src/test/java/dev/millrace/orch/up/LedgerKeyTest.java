package dev.millrace.orch.up;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.schema.ledger.LedgerKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The key that a coordinator gives out, as someone uses it who has the JDK and c2sp.org/signed-note
 * and nothing of Millrace.
 */
final class LedgerKeyTest {
  @TempDir private static Path folder;
  private static AskedMachine machine;
  private static LedgerKey key;
  private static String note;

  @BeforeAll
  static void ask() throws Exception {
    machine = AskedMachine.on(folder);
    key = machine.client().ledgerKey();
    note = machine.client().checkpoint().note();
  }

  @AfterAll
  static void stop() {
    machine.close();
  }

  @Test
  void aCheckpointVerifiesByTheKeyAlone() throws Exception {
    assertThat(Stranger.believes(key.verifier(), note)).isTrue();
  }

  @Test
  void whatTheKeyDidNotSignDoesNotVerify() throws Exception {
    String[] lines = note.split("\n", -1);
    long more = Long.parseLong(lines[1]) + 1;
    String longer = note.replace("\n" + lines[1] + "\n", "\n" + more + "\n");
    String other = note.replaceAll(lines[0], "millrace/other");
    String unsigned = note.substring(0, note.indexOf("\u2014"));

    for (String bad : List.of(longer, other, unsigned, "")) {
      assertThat(Stranger.believes(key.verifier(), bad)).as(bad).isFalse();
    }
  }

  @Test
  void allFormsAreTheOneKeyOfTheDataFolder() throws Exception {
    List<String> file = Files.readAllLines(folder.resolve("keys/ledger.ed25519"));
    List<String> pem = key.pem().lines().toList();
    String[] parts = key.verifier().split("\\+", 3);
    byte[] x509 = Base64.getDecoder().decode(file.get(1));
    byte[] tagged = Base64.getDecoder().decode(parts[2]);

    assertThat(pem)
        .containsExactly("-----BEGIN PUBLIC KEY-----", file.get(1), "-----END PUBLIC KEY-----");
    assertThat(Arrays.copyOfRange(tagged, 1, 33)).isEqualTo(Arrays.copyOfRange(x509, 12, 44));
    assertThat(parts[0]).isEqualTo(key.origin()).isEqualTo(note.lines().findFirst().orElseThrow());
    assertThat(parts[1]).isEqualTo(key.id());
    assertThat(key.toString()).doesNotContain(file.getFirst());
  }

  /** Reads keys and notes by the specification's own words. */
  private static final class Stranger {
    static boolean believes(String verifier, String note) throws GeneralSecurityException {
      int first = verifier.indexOf('+');
      int second = verifier.indexOf('+', first + 1);
      String name = verifier.substring(0, first);
      byte[] id = HexFormat.of().parseHex(verifier, first + 1, second);
      byte[] typed = Base64.getDecoder().decode(verifier.substring(second + 1));
      if (typed[0] != 1 || !Arrays.equals(id, keyId(name, typed))) {
        throw new GeneralSecurityException("not a verifier key: " + verifier);
      }
      int gap = note.indexOf("\n\n");
      if (gap < 0) {
        return false;
      }
      byte[] text = note.substring(0, gap + 1).getBytes(StandardCharsets.UTF_8);
      for (String line : note.substring(gap + 2).split("\n")) {
        String[] words = line.split(" ");
        if (words.length != 3 || !words[0].equals("\u2014") || !words[1].equals(name)) {
          continue;
        }
        byte[] signed = Base64.getDecoder().decode(words[2]);
        if (Arrays.equals(id, Arrays.copyOf(signed, 4))) {
          Signature check = Signature.getInstance("Ed25519");
          check.initVerify(key(typed));
          check.update(text);
          return check.verify(signed, 4, signed.length - 4);
        }
      }
      return false;
    }

    private static byte[] keyId(String name, byte[] typed) throws GeneralSecurityException {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update((name + "\n").getBytes(StandardCharsets.UTF_8));
      return Arrays.copyOf(sha256.digest(typed), 4);
    }

    private static PublicKey key(byte[] typed) throws GeneralSecurityException {
      String raw = HexFormat.of().formatHex(typed, 1, 33);
      byte[] x509 = HexFormat.of().parseHex("302a300506032b6570032100" + raw);
      return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(x509));
    }
  }
}
