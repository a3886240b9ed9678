package dev.millrace.ledger.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.ledger.proof.HashTree;
import dev.millrace.ledger.proof.TreeHash;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.ledger.Checkpoint;
import dev.millrace.schema.ledger.Ledger.Proof;
import dev.millrace.schema.sign.Hex;
import dev.millrace.schema.sign.SigningKey;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class CheckpointNoteTest {
  private final SigningKey secret = SigningKey.generate();
  private final CheckpointSigner signer = new CheckpointSigner("example.org/log", secret);

  @Test
  void aNoteOfTheGoPackageVerifies() {
    NoteKey key =
        NoteKey.parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
    byte[] text =
        ("If you think cryptography is the answer to your problem,\n"
                + "then you don't know what your problem is.\n")
            .getBytes(StandardCharsets.UTF_8);
    byte[] both =
        Base64.getDecoder()
            .decode(
                "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=");

    assertThat(key.verify(text, Arrays.copyOfRange(both, 4, both.length))).isTrue();
    assertThat(key.line())
        .isEqualTo("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW");
  }

  @Test
  void whatIsSignedIsBelieved() {
    Checkpoint checkpoint = signer.sign(3, TreeHash.empty());

    assertThat(checkpoint.note())
        .startsWith("example.org/log\n3\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n\u2014 ");
    assertThat(CheckpointNote.open(checkpoint.note(), signer.key()))
        .isEqualTo(new CheckpointNote.Believed(checkpoint));
    assertThat(CheckpointNote.open(checkpoint.note(), NoteKey.parse(signer.key().line())))
        .isEqualTo(new CheckpointNote.Believed(checkpoint));
  }

  @Test
  void aWitnessMaySignToo() {
    String note = signer.sign(3, TreeHash.empty()).note() + "\u2014 witness.example AAAAAAAA\n";

    assertThat(CheckpointNote.open(note, signer.key())).isInstanceOf(CheckpointNote.Believed.class);
  }

  @Test
  void malformedNotesAreRefused() {
    String note = signer.sign(3, TreeHash.empty()).note();
    for (String bad :
        List.of(
            "",
            "\n",
            "\n\n",
            note.substring(0, note.length() - 1),
            note.substring(1),
            note.replace("\n3\n", "\n03\n"),
            note.replace("\n3\n", "\n4\n"),
            note.replace("\n3\n", "\r\n3\n"),
            note.replace("\n\n", "\n"),
            note.replace("\u2014", "-"),
            "\n" + note,
            note + note,
            "x".repeat(100_000))) {
      assertThat(CheckpointNote.open(bad, signer.key()))
          .as(bad)
          .isInstanceOf(CheckpointNote.Refused.class);
    }
  }

  @Test
  void namesThatNotesCannotCarryAreRefused() {
    for (String bad : List.of("", "a b", "a+b", "a\nb", "a\u00a0b", "a\u2028b")) {
      assertThatThrownBy(() -> new CheckpointSigner(bad, secret))
          .isInstanceOf(IllegalArgumentException.class);
    }
    for (String bad : List.of("", "a", "a+b+c", signer.key().line().replace("log+", "lag+"))) {
      assertThatThrownBy(() -> NoteKey.parse(bad)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aProofIsCheckedFromItsJsonAlone() throws Exception {
    HashTree tree = new HashTree();
    for (int i = 0; i < 5; i++) {
      tree.add(TreeHash.leaf(new byte[] {(byte) i}));
    }
    Checkpoint checkpoint = signer.sign(5, tree.root(5));
    List<String> path = tree.inclusion(2, 5).stream().map(Hex::of).toList();
    Proof good =
        Json.read(Json.bytes(new Proof(2, Hex.of(tree.leaf(2)), path, checkpoint)), Proof.class);

    assertThat(ProofCheck.check(good, signer.key()))
        .isEqualTo(new ProofCheck.Proven(2, good.leafHash(), checkpoint));
    for (Proof bad :
        List.of(
            new Proof(1, good.leafHash(), path, checkpoint),
            new Proof(2, Hex.of(tree.leaf(1)), path, checkpoint),
            new Proof(2, "zz", path, checkpoint),
            new Proof(2, good.leafHash(), path.subList(1, path.size()), checkpoint),
            new Proof(2, good.leafHash(), path, signer.sign(5, tree.root(4))),
            new Proof(
                2,
                good.leafHash(),
                path,
                new Checkpoint("x", 5, checkpoint.rootHash(), checkpoint.note())))) {
      assertThat(ProofCheck.check(bad, signer.key())).isInstanceOf(ProofCheck.Refuted.class);
    }
    NoteKey other = new CheckpointSigner("example.org/log", SigningKey.generate()).key();
    assertThat(ProofCheck.check(good, other)).isInstanceOf(ProofCheck.Refuted.class);
  }
}
