import dev.millrace.ledger.log.LogLedger;
import dev.millrace.orch.journal.Admission;
import dev.millrace.orch.journal.Commit;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.ProviderRecord;
import dev.millrace.orch.journal.Transition;
import dev.millrace.orch.journal.sql.SqlJournal;
import dev.millrace.orch.keys.KeyFiles;
import dev.millrace.schema.fleet.Enforcement;
import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.id.Ulids;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.ledger.LedgerEntry;
import dev.millrace.schema.ledger.Receipt;
import dev.millrace.schema.object.Notice;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.VersionTag;
import dev.millrace.schema.run.InputRef;
import dev.millrace.schema.sign.Hex;
import dev.millrace.schema.sign.SigningKey;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * Writes waiting jobs into the journal of a data folder on which no coordinator runs, and as many
 * entries into its ledger, by the journal and the ledger themselves: {@code java -cp 'JARS'
 * Seed.java DATA FUNCTION BUCKET COUNT}.
 */
final class Seed {
  private static final int TOGETHER = 1_000;

  private Seed() {}

  public static void main(String[] args) throws IOException {
    Path data = Path.of(args[0]);
    FunctionRef function = new FunctionRef(new TenantId("main"), new FunctionName(args[1]));
    int count = Integer.parseInt(args[3]);
    Ulids ids = new Ulids(InstantSource.system(), new Random(1));
    Instant now = Instant.now();
    VersionTag version = new VersionTag.Generation(1);
    try (Journal journal = SqlJournal.sqlite(data.resolve("journal.db"))) {
      ledger(data, journal, count, now);
      for (int from = 0; from < count; from += TOGETHER) {
        ObjectName first = object(args[2], from);
        Notice notice = new Notice("seed", first, null, now);
        done(journal, new Transition.AcceptNotices(function.tenant(), List.of(notice)));
        long id = journal.pendingNotices(0, TOGETHER).getLast().id();
        List<Admission> jobs = new ArrayList<>();
        for (int n = from; n < Math.min(count, from + TOGETHER); n++) {
          InputRef input = new InputRef(object(args[2], n), version, "e", 7, now);
          jobs.add(new Admission(ids.job(), function, input, 1, 0, 0, ""));
        }
        done(
            journal,
            new Transition.DecideNotice(
                function.tenant(),
                id,
                first,
                "seed",
                version,
                List.of(function),
                jobs,
                List.of(),
                "admitted for " + function.name(),
                now));
      }
    }
  }

  /** As many entries, each with a receipt that a provider of its own signed. */
  private static void ledger(Path data, Journal journal, int count, Instant now)
      throws IOException {
    ProviderId provider = new ProviderId("seed");
    SigningKey key = SigningKey.generate();
    String publicKey = Base64.getEncoder().encodeToString(key.publicKey());
    done(
        journal,
        new Transition.RegisterProvider(
            new ProviderRecord(provider, new PoolId("seed"), publicKey, List.of(), now)));
    SigningKey own = new KeyFiles(data.resolve("keys"), new SecureRandom()).signing("ledger");
    try (LogLedger ledger =
        LogLedger.open(
            new LogLedger.Settings(
                data.resolve("ledger"), "millrace/main", own, any -> Optional.empty()))) {
      String previous = Receipt.NONE_BEFORE;
      List<LedgerEntry> entries = new ArrayList<>();
      for (int n = 0; n < count; n++) {
        Instant staged = now.minusSeconds(count - n);
        AttemptId attempt = new AttemptId(new JobId("01jd%022d".formatted(n)), 1);
        byte[] bytes = Json.bytes(receipt(provider, attempt, n, previous, staged));
        previous = Hex.of(Hex.sha256(bytes));
        LedgerEntry.Attested receipt = new LedgerEntry.Attested(key.sign(Receipt.TYPE, bytes));
        entries.add(
            new LedgerEntry(attempt, receipt, staged, staged.plusMillis(900), null, null));
        if (entries.size() == TOGETHER || n == count - 1) {
          ledger.append(entries);
          entries.clear();
        }
      }
      ledger.checkpoint();
    }
  }

  private static Receipt receipt(
      ProviderId provider, AttemptId attempt, int number, String previous, Instant staged) {
    String digest = Hex.of(Hex.sha256(new byte[] {1}));
    return new Receipt(
        provider,
        number + 1L,
        previous,
        new RunRef(attempt, new RunId("01je%022d".formatted(number)), 1L + number),
        "succeeded",
        0,
        digest,
        List.of(digest),
        digest,
        staged.plusMillis(100),
        staged.plusMillis(600),
        List.of(new Receipt.DeviceUse("GPU-1", new MemoryMib(2048), Enforcement.DRIVER, true)));
  }

  private static ObjectName object(String bucket, int number) {
    return new ObjectName(StoreId.EMBEDDED, bucket, "in/waiting-" + number);
  }

  private static void done(Journal journal, Transition transition) throws IOException {
    if (journal.commit(transition) instanceof Commit.Conflict(String reason)) {
      throw new IOException("the journal refuses: " + reason);
    }
  }
}
