package dev.millrace.ledger.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.ledger.FakeProvider;
import dev.millrace.ledger.checkpoint.CheckpointSigner;
import dev.millrace.ledger.proof.TreeHash;
import dev.millrace.schema.ledger.Ledger.Appended;
import dev.millrace.schema.ledger.Ledger.Problem;
import dev.millrace.schema.ledger.Ledger.Verification;
import dev.millrace.schema.ledger.LedgerEntry;
import dev.millrace.schema.sign.SigningKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Files that end early, torn writes, and files that are gone. */
final class CutTest extends DamageFixture {
  @Test
  void everyCutOfTheEntriesIsFound() throws IOException {
    for (int length = 0; length < entries.length; length += nearAnEnd(length) ? 1 : 29) {
      put(Arrays.copyOf(entries, length), index, own);
      List<Problem> problems = found(null);

      long whole = 0;
      for (long end : ends) {
        whole += end <= length ? 1 : 0;
      }
      long lost = whole;
      assertThat(problems)
          .as("cut to %s bytes", length)
          .anyMatch(p -> p.index() == lost && p.what().contains("the ledger's own checkpoint"));
    }
  }

  @Test
  void everyCutIsFoundAgainstACheckpointKeptElsewhereWhenAllElseIsCutToo() throws IOException {
    for (int length = start(0) + 1; length < entries.length; length += 97) {
      put(Arrays.copyOf(entries, length), IndexRecords.FIRST_LINE, own);
      Path checkpoint = folder.resolve("checkpoint");
      Files.write(
          checkpoint,
          new CheckpointSigner(ORIGIN, key)
              .sign(0, TreeHash.empty())
              .note()
              .getBytes(StandardCharsets.UTF_8));

      try (LogLedger ledger = open()) {
        assertThat(ledger.verify(null)).isInstanceOf(Verification.Sound.class);
        assertThat(((Verification.Broken) ledger.verify(kept)).problems())
            .anyMatch(p -> p.what().contains("the trusted checkpoint speaks of 6 entries"));
      }
    }
  }

  @Test
  void everyCutOfTheIndexIsMended() throws IOException {
    for (int length = IndexRecords.FIRST_LINE.length; length < index.length; length += 11) {
      put(entries, Arrays.copyOf(index, length), own);
      try (LogLedger ledger = open()) {
        assertThat(ledger.damage()).isEmpty();
        assertThat(ledger.notes()).hasSize(1);
        assertThat(ledger.append(List.of(provider.entry(0))))
            .containsExactly(new Appended.Conflict(0));
      }
      assertThat(Files.readAllBytes(folder.resolve("index"))).isEqualTo(index);
    }
    Files.delete(folder.resolve("index"));
    try (LogLedger ledger = open()) {
      assertThat(ledger.notes()).hasSize(1);
      assertThat(ledger.verify(kept)).isInstanceOf(Verification.Sound.class);
    }
    assertThat(Files.readAllBytes(folder.resolve("index"))).isEqualTo(index);
  }

  @Test
  void everyTornWriteIsTakenAwayAndNothingElse() throws IOException {
    LedgerEntry next = provider.entry(50);
    ByteBuffer buffer = ByteBuffer.allocate(10_000);
    Frames.put(buffer, EntryBytes.of(next));
    byte[] frame = Arrays.copyOf(buffer.array(), buffer.position());
    for (int length = 1; length < frame.length; length += length < 16 ? 1 : 61) {
      byte[] torn = Arrays.copyOf(entries, entries.length + length);
      System.arraycopy(frame, 0, torn, entries.length, length);
      put(torn, index, own);

      try (LogLedger ledger = open()) {
        assertThat(ledger.notes()).hasSize(1).allMatch(n -> n.contains("was taken away"));
        assertThat(ledger.verify(kept)).isInstanceOf(Verification.Sound.class);
        assertThat(ledger.size()).isEqualTo(ENTRIES);
        if (length % 2 == 1) {
          assertThat(ledger.append(List.of(next))).containsExactly(new Appended.New(ENTRIES));
          assertThat(ledger.verify(kept)).isInstanceOf(Verification.Sound.class);
        }
      }
    }
  }

  @Test
  void zerosAfterTheLastEntryAreATornWriteAndRubbishIsNot() throws IOException {
    put(Arrays.copyOf(entries, entries.length + 5000), index, own);
    try (LogLedger ledger = open()) {
      assertThat(ledger.notes()).hasSize(1);
      assertThat(ledger.verify(kept)).isInstanceOf(Verification.Sound.class);
    }
    byte[] rubbish = Arrays.copyOf(entries, entries.length + 5000);
    Arrays.fill(rubbish, entries.length, rubbish.length, (byte) 'x');
    put(rubbish, index, own);
    assertThat(found()).extracting(Problem::index).containsOnly((long) ENTRIES);
  }

  @Test
  void aCheckpointThatIsGoneForgedOrOfAnotherKeyIsFound() throws IOException {
    SigningKey other = SigningKey.generate();
    byte[] root = HexFormat.of().parseHex(kept.rootHash());
    put(entries, index, new byte[0]);
    assertThat(found(null)).anyMatch(p -> p.what().contains("gone or empty"));
    Files.delete(folder.resolve("checkpoint"));
    assertThat(found(null)).anyMatch(p -> p.what().contains("gone or empty"));
    String forged = new CheckpointSigner(ORIGIN, other).sign(6, root).note();
    put(entries, index, forged.getBytes(StandardCharsets.UTF_8));
    assertThat(found(null)).anyMatch(p -> p.what().contains("no signature is of the key"));
    String elsewhere = new CheckpointSigner("example.org/other", key).sign(6, root).note();
    put(entries, index, elsewhere.getBytes(StandardCharsets.UTF_8));
    assertThat(found(null)).anyMatch(p -> p.what().contains("of the log 'example.org/other'"));
    put(entries, index, own);
    try (LogLedger ledger = open(other)) {
      assertThat(ledger.damage()).isNotEmpty();
    }
  }

  @Test
  void entriesThatAreGoneAreNotReplacedByNone() throws IOException {
    Files.delete(folder.resolve("entries"));

    assertThatThrownBy(this::open).isInstanceOf(IOException.class).hasMessageContaining("is gone");
    assertThat(folder.resolve("entries")).doesNotExist();
  }

  @Test
  void aLedgerIsOpenOnce() throws IOException {
    try (LogLedger first = open()) {
      assertThatThrownBy(this::open)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("is open already");
      assertThat(first.verify(kept)).isInstanceOf(Verification.Sound.class);
    }
    LogLedger closed = open();
    closed.close();
    assertThatThrownBy(() -> closed.append(List.of(FakeProvider.unattested(9))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is closed");
  }
}
