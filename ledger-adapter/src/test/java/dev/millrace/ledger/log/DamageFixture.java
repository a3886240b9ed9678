package dev.millrace.ledger.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.ledger.FakeProvider;
import dev.millrace.ledger.proof.HashTree;
import dev.millrace.ledger.proof.TreeHash;
import dev.millrace.ledger.receipt.ProviderKeys;
import dev.millrace.schema.ledger.Checkpoint;
import dev.millrace.schema.ledger.Ledger.Problem;
import dev.millrace.schema.ledger.Ledger.Verification;
import dev.millrace.schema.sign.Hex;
import dev.millrace.schema.sign.SigningKey;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A log of some entries, whose files can be put back damaged. */
abstract class DamageFixture {
  static final int ENTRIES = 6;
  static final String ORIGIN = "example.org/log";

  @TempDir Path folder;
  final SigningKey key = SigningKey.generate();
  final FakeProvider provider = new FakeProvider("here");
  final List<Long> ends = new ArrayList<>();
  byte[] entries = {};
  byte[] index = {};
  byte[] own = {};
  Checkpoint kept = new Checkpoint("", 0, "", "");

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

  LogLedger open() throws IOException {
    return open(key);
  }

  /** Knows no provider's keys: what is found is found by the log alone. */
  LogLedger open(SigningKey with) throws IOException {
    ProviderKeys keys = ProviderKeys.none();
    return LogLedger.open(new LogLedger.Settings(folder, ORIGIN, with, keys));
  }

  void put(byte[] newEntries, byte[] newIndex, byte[] newCheckpoint) throws IOException {
    put("entries", newEntries);
    put("index", newIndex);
    put("checkpoint", newCheckpoint);
  }

  /**
   * In place: a file that is emptied first goes to the disk when it is closed, on some file
   * systems, and these are thousands.
   */
  private void put(String name, byte[] bytes) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(folder.resolve(name).toFile(), "rw")) {
      file.write(bytes);
      file.setLength(bytes.length);
    }
  }

  int start(int entry) {
    return entry == 0 ? Frames.FIRST_LINE.length : (int) (long) ends.get(entry - 1);
  }

  byte[] frame(int entry) {
    return Arrays.copyOfRange(entries, start(entry), (int) (long) ends.get(entry));
  }

  byte[] entriesOf(int... order) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(Frames.FIRST_LINE);
    for (int entry : order) {
      out.writeBytes(frame(entry));
    }
    return out.toByteArray();
  }

  /** What an attacker writes who knows the format, but has no key. */
  byte[] indexOf(byte[] ofEntries) throws IOException {
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
  List<Problem> found(Checkpoint trusted) throws IOException {
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

  List<Problem> found() throws IOException {
    return found(kept);
  }

  static String rootOf(LogLedger ledger) throws IOException {
    return Hex.of(treeOf(ledger).root(ledger.size()));
  }

  static HashTree treeOf(LogLedger ledger) throws IOException {
    var tree = new HashTree();
    ledger.entries(0, 100).forEach(e -> tree.add(TreeHash.leaf(e.bytes())));
    return tree;
  }

  boolean nearAnEnd(int length) {
    return length < 40 || ends.stream().anyMatch(end -> Math.abs(end - length) < 40);
  }
}
