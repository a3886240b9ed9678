package dev.millrace.ledger.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.ledger.FakeProvider;
import dev.millrace.ledger.checkpoint.CheckpointSigner;
import dev.millrace.ledger.proof.HashTree;
import dev.millrace.ledger.proof.TreeHash;
import dev.millrace.ledger.receipt.ProviderKeys;
import dev.millrace.schema.ledger.Checkpoint;
import dev.millrace.schema.ledger.Ledger.Appended;
import dev.millrace.schema.ledger.Ledger.Problem;
import dev.millrace.schema.ledger.Ledger.Verification;
import dev.millrace.schema.ledger.LedgerEntry;
import dev.millrace.schema.sign.Hex;
import dev.millrace.schema.sign.SigningKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A ledger of six entries, damaged in every way that we could think of. */
class DamageTest {
  private static final int ENTRIES = 6;
  private static final String ORIGIN = "example.org/log";

  @TempDir Path folder;
  private final SigningKey key = SigningKey.generate();
  private final FakeProvider provider = new FakeProvider("here");
  private final List<Long> ends = new ArrayList<>();
  private byte[] entries = {};
  private byte[] index = {};
  private byte[] own = {};
  private Checkpoint kept = new Checkpoint("", 0, "", "");

  @BeforeEach
  void aSmallLedger() throws IOException {
    try (LogLedger ledger = open()) {
      for (int i = 0; i < ENTRIES; i++) {
        ledger.append(List.of(i == 2 ? FakeProvider.unattested(2) : provider.entry(i)));
      }
      kept = ledger.checkpoint();
    }
    entries = Files.readAllBytes(folder.resolve("entries"));
    index = Files.readAllBytes(folder.resolve("index"));
    own = Files.readAllBytes(folder.resolve("checkpoint"));
    long position = Frames.FIRST_LINE.length;
    while (position < entries.length) {
      position += Frames.HEAD + ByteBuffer.wrap(entries).getInt((int) position);
      ends.add(position);
    }
    assertThat(ends).hasSize(ENTRIES);
  }

  private LogLedger open() throws IOException {
    return open(key);
  }

  /** Knows no provider's keys: what is found is found by the log alone. */
  private LogLedger open(SigningKey with) throws IOException {
    ProviderKeys keys = ProviderKeys.none();
    return LogLedger.open(new LogLedger.Settings(folder, ORIGIN, with, keys));
  }

  private void put(byte[] newEntries, byte[] newIndex, byte[] newCheckpoint) throws IOException {
    Files.write(folder.resolve("entries"), newEntries);
    Files.write(folder.resolve("index"), newIndex);
    Files.write(folder.resolve("checkpoint"), newCheckpoint);
  }

  private int start(int entry) {
    return entry == 0 ? Frames.FIRST_LINE.length : (int) (long) ends.get(entry - 1);
  }

  private byte[] frame(int entry) {
    return Arrays.copyOfRange(entries, start(entry), (int) (long) ends.get(entry));
  }

  private byte[] entriesOf(int... order) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(Frames.FIRST_LINE);
    for (int entry : order) {
      out.writeBytes(frame(entry));
    }
    return out.toByteArray();
  }

  /** What an attacker writes who knows the format, but has no key. */
  private byte[] indexOf(byte[] ofEntries) throws IOException {
    Files.write(folder.resolve("entries"), ofEntries);
    Files.deleteIfExists(folder.resolve("index"));
    Files.deleteIfExists(folder.resolve("checkpoint"));
    Path elsewhere = folder.resolve("elsewhere");
    Files.createDirectories(elsewhere);
    try (LogLedger forged =
        LogLedger.open(
            new LogLedger.Settings(
                elsewhere, ORIGIN, SigningKey.generate(), ProviderKeys.none()))) {
      long position = Frames.FIRST_LINE.length;
      while (position < ofEntries.length) {
        int length = ByteBuffer.wrap(ofEntries).getInt((int) position);
        byte[] bytes =
            Arrays.copyOfRange(
                ofEntries, (int) position + Frames.HEAD, (int) position + Frames.HEAD + length);
        forged.append(List.of(EntryBytes.read(bytes)));
        position += Frames.HEAD + length;
      }
    }
    byte[] result = Files.readAllBytes(elsewhere.resolve("index"));
    try (var files = Files.list(elsewhere)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    return result;
  }

  /** Opens, checks that nothing is taken in, and gives what verification found. */
  private List<Problem> found(Checkpoint trusted) throws IOException {
    try (LogLedger ledger = open()) {
      assertThat(ledger.damage()).isNotEmpty();
      assertThatThrownBy(() -> ledger.append(List.of(FakeProvider.unattested(99))))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("is damaged and takes nothing more");
      Verification verification = ledger.verify(trusted);
      assertThat(verification).isInstanceOf(Verification.Broken.class);
      return ((Verification.Broken) verification).problems();
    }
  }

  private List<Problem> found() throws IOException {
    return found(kept);
  }

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

  private static String rootOf(LogLedger ledger) throws IOException {
    return Hex.of(treeOf(ledger).root(ledger.size()));
  }

  private static HashTree treeOf(LogLedger ledger) throws IOException {
    var tree = new HashTree();
    ledger.entries(0, 100).forEach(e -> tree.add(TreeHash.leaf(e.bytes())));
    return tree;
  }

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

  private boolean nearAnEnd(int length) {
    return length < 40 || ends.stream().anyMatch(end -> Math.abs(end - length) < 40);
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
