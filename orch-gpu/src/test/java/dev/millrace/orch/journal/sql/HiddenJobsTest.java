package dev.millrace.orch.journal.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.journal.Job;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.id.TenantId;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.ProgressHandler;

/** What a plan reads past many waiting jobs of functions that are not asked for. */
final class HiddenJobsTest {
  private static final int AHEAD = 20_000;
  private static final int BEHIND = 400;
  private static final int STEPS = 100;
  private static final Instant NOW = Instant.EPOCH.plusSeconds(1);
  private static final FunctionRef AHEAD_OF_ALL = function("main", "held");

  /** Jobs of 100 functions of two tenants behind those of one; some have a priority. */
  private static final String INSERT =
      """
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
      INSERT INTO jobs (tenant, id, function, state, store, bucket, object_key, version, etag, size,
        last_modified, admission, version_order, depth, priority, admitted_at, not_before, attempts,
        failures, losses, cancel_requested, updated_at)
      SELECT CASE WHEN i > %d AND i %% 2 = 1 THEN 'other' ELSE 'main' END,
        printf('01k9xw4t7d%%016d', i), CASE WHEN i > %d THEN 'f' || (i %% 100) ELSE 'held' END,
        'WAITING', 'millrace.default', 'in', 'k' || i, 'g:' || i, 'd41d8cd98f00b204e9800998ecf8427e',
        1, 0, i, i, 0, CASE WHEN i > %d THEN i %% 3 - 2 ELSE 7 END, 0, 0, 0, 0, 0, 0, 0 FROM n
      """
          .formatted(AHEAD + BEHIND, AHEAD, AHEAD, AHEAD);

  @TempDir private Path folder;
  private Dialect dialect;
  private Connection connection;
  private Session session;

  @BeforeEach
  void fill() throws Exception {
    Path file = folder.resolve("journal.db");
    SqlJournal.sqlite(file).close();
    try (Connection made = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = made.createStatement()) {
      statement.execute(INSERT);
    }
    dialect = new Dialect.Sqlite(file);
    connection = dialect.openReader();
    session = new Session(connection, dialect);
  }

  @AfterEach
  void close() throws Exception {
    session.close();
    dialect.close();
  }

  @Test
  void noneOfThemIsReadHoweverManyTheyAre() throws Exception {
    AtomicInteger passes = new AtomicInteger();
    ProgressHandler.setHandler(
        connection,
        STEPS,
        new ProgressHandler() {
          @Override
          protected int progress() {
            passes.incrementAndGet();
            return 0;
          }
        });

    List<Job> found = JobReads.plannable(session, NOW, Set.of(AHEAD_OF_ALL), 128);

    assertThat(found).hasSize(128);
    assertThat(passes.get() * STEPS)
        .as("steps of the database; each job that it passes over takes a few")
        .isLessThan(2 * AHEAD);
  }

  @Test
  void theOthersComeInTheSameOrderAsAmongAll() throws Exception {
    List<Job> all = JobReads.plannable(session, NOW, Set.of(), AHEAD + BEHIND);
    Set<FunctionRef> beside = new HashSet<>();
    beside.add(AHEAD_OF_ALL);
    for (FunctionRef one : List.of(function("main", "f2"), function("other", "f1"))) {
      beside.add(one);

      List<Job> others = all.stream().filter(job -> !beside.contains(job.function())).toList();

      assertThat(JobReads.plannable(session, NOW, beside, AHEAD)).isEqualTo(others);
      assertThat(JobReads.plannable(session, NOW, beside, 50)).isEqualTo(others.subList(0, 50));
    }
    assertThat(JobReads.plannable(session, NOW, Set.of(function("none", "held")), AHEAD + BEHIND))
        .isEqualTo(all);
  }

  @Test
  void whatIsNotDueIsNotAmongThem() throws Exception {
    assertThat(JobReads.plannable(session, NOW.minusSeconds(2), Set.of(AHEAD_OF_ALL), 10))
        .isEmpty();
  }

  private static FunctionRef function(String tenant, String name) {
    return new FunctionRef(new TenantId(tenant), new FunctionName(name));
  }
}
