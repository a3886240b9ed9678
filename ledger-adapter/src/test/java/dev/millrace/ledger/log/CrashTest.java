package dev.millrace.ledger.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.ledger.FakeProvider;
import dev.millrace.ledger.receipt.ProviderKeys;
import dev.millrace.schema.ledger.Ledger.Appended;
import dev.millrace.schema.ledger.Ledger.Verification;
import dev.millrace.schema.sign.SigningKey;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process was told before it was killed, or before its disk was full, is there. */
class CrashTest {
  private static final long SEED = 20260301;

  @TempDir Path folder;
  private final SigningKey key = SigningKey.generate();

  private LogLedger open() throws IOException {
    return LogLedger.open(
        new LogLedger.Settings(folder, "example.org/log", key, ProviderKeys.none()));
  }

  private Process start(String shellPrefix, long firstJob) throws IOException {
    Base64.Encoder encoder = Base64.getEncoder();
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String command =
        shellPrefix
            + " exec '"
            + java
            + "' -XX:TieredStopAtLevel=1 -Xmx64m -cp '"
            + System.getProperty("java.class.path")
            + "' "
            + Appender.class.getName()
            + " '"
            + folder
            + "' "
            + encoder.encodeToString(key.privateKey())
            + " "
            + encoder.encodeToString(key.publicKey())
            + " "
            + firstJob;
    return new ProcessBuilder("sh", "-c", command)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  @Test
  void whatWasToldBeforeAKillIsThere() throws Exception {
    Random random = new Random(SEED);
    long next = 0;
    for (int kill = 0; kill < 3; kill++) {
      int after = 5 + random.nextInt(120);
      List<String> told = new ArrayList<>();
      Process process = start("", next);
      try (BufferedReader lines = process.inputReader()) {
        String line = lines.readLine();
        while (line != null) {
          told.add(line);
          if (told.size() == after) {
            process.toHandle().destroyForcibly();
          }
          line = lines.readLine();
        }
      }
      process.waitFor();
      assertThat(told).as("seed %s, kill %s", SEED, kill).hasSizeGreaterThanOrEqualTo(after);
      next = checkAll(told, next);
    }
  }

  /** Every acknowledged entry is there at its index; gives the next free job. */
  private long checkAll(List<String> told, long first) throws IOException {
    try (LogLedger ledger = open()) {
      assertThat(ledger.damage()).isEmpty();
      for (int i = 0; i < told.size(); i++) {
        long n = first + i;
        assertThat(told.get(i)).isEqualTo("told " + n + " [New[index=" + n + "]]");
        assertThat(ledger.append(List.of(FakeProvider.unattested(n))))
            .containsExactly(new Appended.Known(n));
      }
      assertThat(ledger.verify(null)).isInstanceOf(Verification.Sound.class);
      assertThat(ledger.size()).isBetween(first + told.size(), first + told.size() + 1);
      return ledger.size();
    }
  }

  @Test
  void aFullDiskRefusesClearlyAndTearsNothing() throws Exception {
    List<String> lines;
    Process process = start("ulimit -f 32;", 0);
    try (BufferedReader reader = process.inputReader()) {
      lines = reader.lines().toList();
    }
    process.waitFor();

    assertThat(lines.getLast()).startsWith("refused ").contains("none was appended");
    List<String> told = lines.subList(0, lines.size() - 1);
    assertThat(told).hasSizeGreaterThan(10);
    try (LogLedger ledger = open()) {
      assertThat(ledger.notes()).isEmpty();
      assertThat(ledger.size()).isEqualTo(told.size());
    }
    checkAll(told, 0);
    try (LogLedger ledger = open()) {
      assertThat(ledger.append(List.of(FakeProvider.unattested(5000))))
          .containsExactly(new Appended.New(told.size()));
      assertThat(ledger.verify(null)).isInstanceOf(Verification.Sound.class);
    }
  }
}
