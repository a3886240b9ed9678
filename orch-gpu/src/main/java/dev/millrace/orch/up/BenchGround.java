package dev.millrace.orch.up;

import dev.millrace.ledger.log.LogLedger;
import dev.millrace.ledger.receipt.EntryAudit;
import dev.millrace.orch.bench.Ground;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.sql.SqlJournal;
import dev.millrace.schema.ledger.Ledger;
import dev.millrace.schema.ledger.LedgerEntry;
import dev.millrace.schema.object.ObjectStore;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.sign.SigningKey;
import dev.millrace.schema.sign.TrustedKeys;
import dev.millrace.schema.time.Ticker;
import dev.millrace.triggers.s3.S3ObjectStore;
import dev.millrace.triggers.s3.S3StoreSettings;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What benchmarks measure: this program in another process, and its parts. */
final class BenchGround implements Ground {
  private static final String PROGRAM = "dev.millrace.orch.Main";

  private final SigningKey ledgerKey = SigningKey.generate();

  @Override
  public Ticker ticker() {
    return Ticker.system();
  }

  @Override
  public List<String> program(List<String> options, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-XX:+UseSerialGC");
    command.addAll(options);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(PROGRAM);
    command.addAll(arguments);
    return command;
  }

  @Override
  public boolean archived() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .allMatch(part -> part.endsWith(".jar"));
  }

  @Override
  public ObjectStore store(Path data) throws IOException {
    StoreAccess access =
        StoreEnvironment.read(data)
            .orElseThrow(() -> new IOException("there is no store in " + data));
    return S3ObjectStore.open(
        S3StoreSettings.at(StoreId.EMBEDDED, access.endpoint(), access.region(), access.keys()));
  }

  @Override
  public Journal journal(Path data) {
    return SqlJournal.sqlite(data.resolve("journal.db"));
  }

  @Override
  public Ledger ledger(Path folder, TrustedKeys provider) throws IOException {
    return LogLedger.open(
        new LogLedger.Settings(
            folder, "example.org/bench", ledgerKey, id -> Optional.of(provider)));
  }

  @Override
  public int faults(List<LedgerEntry> entries, TrustedKeys provider) {
    EntryAudit audit = new EntryAudit(id -> Optional.of(provider));
    for (int i = 0; i < entries.size(); i++) {
      audit.add(i, entries.get(i));
    }
    return audit.problems().size();
  }
}
