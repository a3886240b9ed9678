import dev.millrace.orch.journal.Admission;
import dev.millrace.orch.journal.Commit;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.Transition;
import dev.millrace.orch.journal.sql.SqlJournal;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.id.Ulids;
import dev.millrace.schema.object.Notice;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.VersionTag;
import dev.millrace.schema.run.InputRef;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Writes waiting jobs into the journal of a data folder on which no coordinator runs, by the
 * journal itself: {@code java -cp 'JARS' Seed.java DATA FUNCTION BUCKET COUNT}.
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

  private static ObjectName object(String bucket, int number) {
    return new ObjectName(StoreId.EMBEDDED, bucket, "in/waiting-" + number);
  }

  private static void done(Journal journal, Transition transition) throws IOException {
    if (journal.commit(transition) instanceof Commit.Conflict(String reason)) {
      throw new IOException("the journal refuses: " + reason);
    }
  }
}
