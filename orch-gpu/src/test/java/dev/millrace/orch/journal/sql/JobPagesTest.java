package dev.millrace.orch.journal.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobFilter;
import dev.millrace.orch.journal.JobState;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.object.StoreId;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** Pages of 100,000 jobs: what they hold, by which index, and that none of them takes long. */
@Isolated("It takes times.")
final class JobPagesTest {
  private static final int JOBS = 100_000;
  private static final int PAGE = 100;
  private static final TenantId TENANT = new TenantId("main");

  /** Far above what a page takes (printed), far below what reading all jobs into Java takes. */
  private static final Duration LONGEST = Duration.ofSeconds(2);

  private static final String INSERT =
      """
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
      INSERT INTO jobs SELECT 'main', printf('01k9xw4t7d%%016d', i),
        CASE WHEN i %% 10000 = 7 THEN 'rare' ELSE 'align' END,
        CASE WHEN i %% 1000 = 3 THEN 'DEAD' WHEN i %% 100 = 5 THEN 'WAITING'
          WHEN i %% 2 = 0 THEN 'SUCCEEDED' ELSE 'CANCELLED' END,
        'millrace.default', CASE WHEN i %% 10000 = 7 THEN 'few' ELSE 'many' END,
        'reads/' || (i / 3), 'g:' || i, 'd41d8cd98f00b204e9800998ecf8427e', 1234,
        0, i, i, 0, 0, 0, 0, 1, 0, 0, 0, NULL, 0, 2, 0, NULL FROM n
      """
          .formatted(JOBS);

  @TempDir private static Path folder;
  private static Path file;
  private static SqlJournal journal;

  @BeforeAll
  static void fill() throws Exception {
    file = folder.resolve("journal.db");
    SqlJournal.sqlite(file).close();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute(INSERT);
    }
    journal = SqlJournal.sqlite(file);
  }

  @AfterAll
  static void close() {
    journal.close();
  }

  private static JobFilter all(Set<JobState> states) {
    return new JobFilter(states, null, null, PAGE);
  }

  private static Map<String, JobFilter> filters() {
    FunctionName rare = new FunctionName("rare");
    FunctionName align = new FunctionName("align");
    Map<String, JobFilter> filters = new LinkedHashMap<>();
    filters.put("all", all(Set.of()));
    filters.put("a rare state", all(Set.of(JobState.DEAD)));
    filters.put("two rare states", all(Set.of(JobState.DEAD, JobState.WAITING)));
    filters.put("no job's state", all(Set.of(JobState.REFUSED)));
    filters.put("most states", all(EnumSet.complementOf(EnumSet.of(JobState.DEAD))));
    filters.put("a function", new JobFilter(Set.of(), align, null, PAGE));
    filters.put("a rare function", new JobFilter(Set.of(), rare, null, PAGE));
    filters.put("a function's rare state", new JobFilter(Set.of(JobState.DEAD), align, null, PAGE));
    filters.put(
        "a function's two",
        new JobFilter(Set.of(JobState.DEAD, JobState.REFUSED), align, null, PAGE));
    filters.put("an object", in("many", "reads/777"));
    filters.put("a bucket", in("many", null));
    filters.put("a rare bucket", in("few", null));
    filters.put("no bucket", in("none", null));
    return filters;
  }

  private static JobFilter in(String bucket, String key) {
    return new JobFilter(
        Set.of(), null, new JobFilter.Input(StoreId.EMBEDDED, bucket, key), null, PAGE);
  }

  private static JobFilter behind(JobFilter filter, JobId last) {
    return new JobFilter(filter.states(), filter.function(), filter.input(), last, filter.max());
  }

  @Test
  void noPageTakesLongWhereverItIs() {
    JobId middle = new JobId("01k9xw4t7d%016d".formatted(JOBS / 2));
    JobId end = new JobId("01k9xw4t7d%016d".formatted(PAGE));
    for (Map.Entry<String, JobFilter> each : filters().entrySet()) {
      Duration first = timed(each.getValue());
      Duration further = timed(behind(each.getValue(), middle));
      Duration last = timed(behind(each.getValue(), end));
      System.out.printf(
          "%-24s first %5.1f ms, middle %5.1f ms, end %5.1f ms%n",
          each.getKey(), millis(first), millis(further), millis(last));

      assertThat(List.of(first, further, last))
          .as(each.getKey())
          .allMatch(took -> took.compareTo(LONGEST) < 0);
    }
  }

  private static double millis(Duration took) {
    return took.toNanos() / 1e6;
  }

  /** The better of three, so that another program's work is not taken for ours. */
  private static Duration timed(JobFilter filter) {
    List<Duration> took = new ArrayList<>();
    for (int n = 0; n < 3; n++) {
      long began = System.nanoTime();
      List<Job> page = journal.jobs(TENANT, filter);
      took.add(Duration.ofNanos(System.nanoTime() - began));
      assertThat(page.size()).isLessThanOrEqualTo(PAGE);
    }
    return took.stream().min(Comparator.naturalOrder()).orElseThrow();
  }

  /** Along an index whose first columns are all that is asked for: nothing reads every job. */
  @Test
  void everyFilterHasAnIndexOfItsOwn() throws Exception {
    for (Map.Entry<String, JobFilter> each : filters().entrySet()) {
      List<String> plan = plan(each.getValue());
      assertThat(plan).as(each.getKey()).noneMatch(step -> step.startsWith("SCAN jobs"));
      if (!each.getKey().equals("all")) {
        assertThat(plan)
            .as(each.getKey())
            .noneMatch(step -> step.contains("jobs") && step.endsWith("(tenant=?)"));
      }
    }
  }

  private static List<String> plan(JobFilter filter) throws Exception {
    String sql =
        JobListing.sql(index -> " INDEXED BY " + index, TENANT, filter, journal.counts(TENANT));
    List<String> plan = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement();
        ResultSet steps = statement.executeQuery("EXPLAIN QUERY PLAN " + sql)) {
      while (steps.next()) {
        plan.add(steps.getString("detail"));
      }
    }
    return plan;
  }

  @Test
  void pagesHoldEachJobOnceNewestFirst() {
    for (String name : List.of("a rare state", "two rare states", "a rare bucket", "an object")) {
      JobFilter filter = filters().get(name);
      List<String> ids = new ArrayList<>();
      List<Job> page = journal.jobs(TENANT, filter);
      while (!page.isEmpty()) {
        page.forEach(job -> ids.add(job.id().value()));
        page = journal.jobs(TENANT, behind(filter, page.getLast().id()));
      }
      int expected =
          switch (name) {
            case "a rare state" -> 100;
            case "two rare states" -> 1100;
            case "a rare bucket" -> 10;
            default -> 3;
          };
      assertThat(ids)
          .as(name)
          .hasSize(expected)
          .doesNotHaveDuplicates()
          .isSortedAccordingTo(Comparator.reverseOrder());
    }
  }
}
