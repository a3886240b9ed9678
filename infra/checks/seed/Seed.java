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
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Fills a data folder on which no coordinator runs, by the journal, the ledger and the store
 * themselves: {@code java -cp 'JARS' Seed.java DATA COUNT RANDOM}. Afterwards it has
 *
 * <ul>
 *   <li>COUNT jobs of the function {@code many} that came to an end, each in its own way: with
 *       attempts, orders, manifests, logs, entries in the ledger, inputs and published outputs;
 *   <li>COUNT waiting jobs of the function {@code held}, younger than those.
 * </ul>
 *
 * Both functions must be deployed. What becomes of which job, and its texts, times between and
 * keys, are the same for the same RANDOM.
 */
final class Seed {
  private static final int TOGETHER = 1_000;

  private Seed() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    Path data = Path.of(args[0]);
    int count = Integer.parseInt(args[1]);
    Random random = new Random(Long.parseLong(args[2]));
    Instant now = Instant.now();
    Instant began = now.minus(Duration.ofDays(7));
    try (Journal journal = SqlJournal.sqlite(data.resolve("journal.db"))) {
      long start = System.nanoTime();
      try (Past past = Past.open(data, journal, random)) {
        past.fill(count, began, Duration.between(began, now).dividedBy(count + 1));
      }
      tell(count + " jobs that ended", start);
      start = System.nanoTime();
      waiting(journal, count, random, now);
      tell(count + " waiting jobs", start);
    }
  }

  private static void tell(String what, long since) {
    System.out.printf("%s: %.1f s%n", what, (System.nanoTime() - since) / 1e9);
  }

  private static void waiting(Journal journal, int count, Random random, Instant now)
      throws IOException {
    FunctionRef function = new FunctionRef(new TenantId("main"), new FunctionName("held"));
    Ulids ids = new Ulids(InstantSource.fixed(now), random);
    VersionTag version = new VersionTag.Generation(1);
    for (int from = 0; from < count; from += TOGETHER) {
      ObjectName first = object(from);
      Notice notice = new Notice("seed", first, null, now);
      done(journal, new Transition.AcceptNotices(function.tenant(), List.of(notice)));
      long id = journal.pendingNotices(0, TOGETHER).getLast().id();
      List<Admission> jobs = new ArrayList<>();
      for (int n = from; n < Math.min(count, from + TOGETHER); n++) {
        InputRef input = new InputRef(object(n), version, "e", 7, now);
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
              journal.tenantDeploys().getOrDefault(function.tenant(), 0L),
              Set.of(function),
              jobs,
              List.of(),
              "admitted for " + function.name(),
              now));
    }
  }

  private static ObjectName object(int number) {
    return new ObjectName(StoreId.EMBEDDED, "held", "in/waiting-" + number);
  }

  static void done(Journal journal, Transition transition) throws IOException {
    if (journal.commit(transition) instanceof Commit.Conflict(String reason)) {
      throw new IOException("the journal refuses: " + reason);
    }
  }
}
