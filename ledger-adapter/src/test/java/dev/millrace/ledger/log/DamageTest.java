package dev.millrace.ledger.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.ledger.FakeProvider;
import dev.millrace.ledger.checkpoint.CheckpointSigner;
import dev.millrace.schema.ledger.Ledger.Problem;
import dev.millrace.schema.ledger.Ledger.Verification;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Changes of what is written are found, and where. */
final class DamageTest extends DamageFixture {
  @Test
  void everyFlippedByteOfTheEntriesIsFoundAndLocated() throws IOException {
    for (int at = 0; at < entries.length; at++) {
      byte[] flipped = entries.clone();
      flipped[at] ^= (byte) (1 << (at % 8));
      put(flipped, index, own);

      int expected = -1;
      for (int i = 0; i < ENTRIES && at >= start(0); i++) {
        expected = at >= start(i) ? i : expected;
      }
      List<Problem> problems = found();
      assertThat(problems)
          .as("byte %s", at)
          .extracting(Problem::index)
          .containsOnly((long) expected);
    }
  }

  @Test
  void everyFlippedByteOfTheIndexIsFoundAndLocated() throws IOException {
    int first = IndexRecords.FIRST_LINE.length;
    for (int at = 0; at < index.length; at++) {
      byte[] flipped = index.clone();
      flipped[at] ^= (byte) (1 << (at % 8));
      put(entries, flipped, own);

      long expected = at < first ? -1 : (at - first) / IndexRecords.SIZE;
      assertThat(found()).as("byte %s", at).extracting(Problem::index).containsOnly(expected);
    }
  }

  @Test
  void everyFlippedByteOfTheCheckpointIsFound() throws IOException {
    for (int at = 0; at < own.length; at++) {
      int bits = at < own.length - 8 ? 1 : 8;
      for (int bit = at % 8; bit < at % 8 + bits; bit++) {
        byte[] flipped = own.clone();
        flipped[at] ^= (byte) (1 << (bit % 8));
        put(entries, index, flipped);

        assertThat(found()).as("byte %s bit %s", at, bit).isNotEmpty();
      }
    }
  }

  @Test
  void aFlipWhileTheLedgerIsOpenIsFoundAndNotListed() throws IOException {
    try (LogLedger ledger = open()) {
      byte[] flipped = entries.clone();
      flipped[start(3) + 50] ^= 1;
      Files.write(folder.resolve("entries"), flipped);

      assertThat(((Verification.Broken) ledger.verify(null)).problems())
          .extracting(Problem::index)
          .containsOnly(3L);
      assertThat(ledger.entries(0, 100)).hasSize(3);
      assertThatThrownBy(() -> ledger.entries(3, 1))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("entry 3 cannot be read");
      assertThat(ledger.entries(4, 100)).hasSize(2);
    }
  }

  @Test
  void aChangedEntryWithAGoodCheckSumIsLocated() throws IOException {
    byte[] frame = frame(4);
    byte[] entry = Arrays.copyOfRange(frame, Frames.HEAD, frame.length);
    String text =
        new String(entry, StandardCharsets.UTF_8).replace("\"nanos\":7168", "\"nanos\":9168");
    ByteBuffer forged = ByteBuffer.allocate(frame.length);
    Frames.put(forged, text.getBytes(StandardCharsets.UTF_8));
    assertThat(forged.array()).isNotEqualTo(frame);
    byte[] changed = entries.clone();
    System.arraycopy(forged.array(), 0, changed, start(4), frame.length);
    put(changed, index, own);

    assertThat(found())
        .anyMatch(p -> p.index() == 4 && p.what().contains("entry 4 was changed"))
        .anyMatch(p -> p.index() == 4 && p.what().contains("is billed 9168 nano-EUR"));
  }

  @Test
  void everyDeletedEntryIsFoundAndLocated() throws IOException {
    for (int gone = 0; gone < ENTRIES; gone++) {
      int without = gone;
      int[] rest = IntStream.range(0, ENTRIES).filter(i -> i != without).toArray();
      put(entriesOf(rest), index, own);

      assertThat(found().getFirst().index()).as("entry %s", gone).isEqualTo(gone);
      assertThat(found().getFirst().what())
          .contains("entry " + gone)
          .containsAnyOf("taken out", "cut off");
    }
  }

  @Test
  void everyTwoSwappedEntriesAreFoundAndLocated() throws IOException {
    for (int a = 0; a < ENTRIES; a++) {
      for (int b = a + 1; b < ENTRIES; b++) {
        int[] order = {0, 1, 2, 3, 4, 5};
        order[a] = b;
        order[b] = a;
        put(entriesOf(order), index, own);

        assertThat(found().getFirst())
            .isEqualTo(new Problem(a, "entries " + a + " and " + b + " are swapped"));
      }
    }
  }

  @Test
  void aForgedEntryPutInBetweenIsLocated() throws IOException {
    ByteArrayOutputStream more = new ByteArrayOutputStream();
    more.writeBytes(entriesOf(0, 1));
    ByteBuffer forged = ByteBuffer.allocate(2000);
    Frames.put(forged, EntryBytes.of(FakeProvider.unattested(77)));
    more.write(forged.array(), 0, forged.position());
    more.writeBytes(Arrays.copyOfRange(entries, start(2), entries.length));
    put(more.toByteArray(), index, own);

    assertThat(found().getFirst().index()).isEqualTo(2);
    assertThat(found().getFirst().what()).contains("never recorded");
  }

  @Test
  void deletingFromEntriesAndIndexAlikeIsFoundByTheOwnCheckpoint() throws IOException {
    byte[] less = entriesOf(0, 1, 2, 4, 5);
    byte[] lessIndex = indexOf(less);
    put(less, lessIndex, own);

    assertThat(found(null)).anyMatch(p -> p.what().contains("speaks of 6 entries, 5 are here"));
  }

  @Test
  void swappingInEntriesAndIndexAlikeIsFoundByTheOwnCheckpoint() throws IOException {
    byte[] swapped = entriesOf(0, 4, 2, 3, 1, 5);
    byte[] swappedIndex = indexOf(swapped);
    put(swapped, swappedIndex, own);

    assertThat(found(null)).anyMatch(p -> p.what().contains("are not those of the ledger's own"));
  }

  @Test
  void aLedgerRewrittenByItsOwnKeyIsFoundByACheckpointKeptElsewhere() throws IOException {
    byte[] less = entriesOf(0, 1, 2, 4, 5);
    byte[] lessIndex = indexOf(less);
    put(less, lessIndex, new byte[0]);
    Files.delete(folder.resolve("checkpoint"));
    byte[] root = new byte[0];
    try (LogLedger ledger = open()) {
      root = HexFormat.of().parseHex(rootOf(ledger));
    }
    put(
        less,
        lessIndex,
        new CheckpointSigner(ORIGIN, key).sign(5, root).note().getBytes(StandardCharsets.UTF_8));

    try (LogLedger ledger = open()) {
      assertThat(ledger.damage()).isEmpty();
      assertThat(ledger.verify(null)).isInstanceOf(Verification.Sound.class);
      assertThat(((Verification.Broken) ledger.verify(kept)).problems())
          .containsExactly(
              new Problem(
                  5, "the ledger was cut: the trusted checkpoint speaks of 6 entries, 5 are here"));
    }
  }
}
