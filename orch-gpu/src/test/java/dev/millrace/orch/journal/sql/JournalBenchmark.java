package dev.millrace.orch.journal.sql;

import static dev.millrace.orch.journal.Story.HOST;
import static dev.millrace.orch.journal.Story.RESIZE;
import static dev.millrace.orch.journal.Story.T0;
import static dev.millrace.orch.journal.Story.TENANT;
import static dev.millrace.orch.journal.Story.object;
import static dev.millrace.orch.journal.Story.slice;

import dev.millrace.orch.journal.Admission;
import dev.millrace.orch.journal.Commit;
import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.journal.Next;
import dev.millrace.orch.journal.PendingNotice;
import dev.millrace.orch.journal.Story;
import dev.millrace.orch.journal.Transition;
import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.id.AcceleratorId;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.Ulids;
import dev.millrace.schema.object.Notice;
import dev.millrace.schema.run.InputRef;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * Times the SQLite journal: whole jobs (decide, token, place, claim, end) by callers, beside the
 * floor of as many bare fsynced appends of the same size; then what 100,000 waiting jobs cost. The
 * word is a folder on the disk that is meant.
 */
final class JournalBenchmark {
  private static final int WAITING = 100_000;
  private static final int MANY = 1000;

  private final SqlJournal journal;
  private final AtomicLong millis = new AtomicLong();
  private final Ulids ulids =
      new Ulids(() -> T0.plusMillis(millis.incrementAndGet()), new Random(1));

  private JournalBenchmark(SqlJournal journal) {
    this.journal = journal;
  }

  public static void main(String[] words) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory(Path.of(words[0]), "journal-benchmark");
    System.out.println(
        "callers  jobs/s  jobs/s of the floor  transitions a commit  bytes a commit");
    for (int callers : new int[] {1, 1, 8, 32}) {
      timeCallers(folder, callers);
    }
    timeWaiting(folder.resolve("waiting.db"));
  }

  private static void timeCallers(Path folder, int callers)
      throws IOException, InterruptedException {
    Path file = folder.resolve("callers-" + callers + "-" + System.nanoTime() + ".db");
    int jobs = callers == 1 ? 500 : 5000;
    try (SqlJournal journal = SqlJournal.sqlite(file)) {
      JournalBenchmark benchmark = new JournalBenchmark(journal);
      benchmark.registerDevices(callers);
      List<PendingNotice> notices = benchmark.notices(jobs);
      long batches = journal.batches();
      long before = written();
      long start = System.nanoTime();
      benchmark.runAll(notices, callers);
      double seconds = (System.nanoTime() - start) / 1e9;
      batches = journal.batches() - batches;
      int size = (int) Math.min(8 << 20, (written() - before) / batches);
      double floor = floor(folder.resolve("floor"), (int) batches, size);
      System.out.printf(
          "%7d %7.0f %20.0f %21.1f %15d%n",
          callers, jobs / seconds, jobs / floor, 5.0 * jobs / batches, size);
    }
  }

  /** What this process has handed to write calls (Linux). */
  private static long written() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/io")).stream()
        .filter(line -> line.startsWith("wchar: "))
        .mapToLong(line -> Long.parseLong(line.substring("wchar: ".length())))
        .sum();
  }

  private static double floor(Path file, int count, int size) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.truncate(0);
      long start = System.nanoTime();
      for (int i = 0; i < count; i++) {
        channel.write(ByteBuffer.allocate(size));
        channel.force(false);
      }
      return (System.nanoTime() - start) / 1e9;
    }
  }

  private static AcceleratorId device(int number) {
    return new AcceleratorId("host-1/gpu-" + number);
  }

  private void registerDevices(int count) {
    Story story = new Story(journal);
    story.register(
        HOST,
        IntStream.range(0, count)
            .mapToObj(number -> Story.device(HOST, device(number), 1000))
            .toArray(Accelerator[]::new));
  }

  private List<PendingNotice> notices(int count) {
    for (int from = 0; from < count; from += MANY) {
      List<Notice> notices = new ArrayList<>();
      for (int i = from; i < Math.min(count, from + MANY); i++) {
        notices.add(Story.notice("k" + i));
      }
      done(new Transition.AcceptNotices(TENANT, notices));
    }
    return journal.pendingNotices(0, count);
  }

  private void done(Transition transition) {
    if (journal.commit(transition) instanceof Commit.Conflict conflict) {
      throw new IllegalStateException(conflict.reason());
    }
  }

  private void runAll(List<PendingNotice> notices, int callers) throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < callers; i++) {
      int first = i;
      threads.add(
          Thread.ofVirtual()
              .start(() -> {
                for (int j = first; j < notices.size(); j += callers) {
                  runOne(notices.get(j), device(first));
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private JobId admit(PendingNotice pending) {
    String key = pending.notice().object().key();
    JobId job = ulids.job();
    InputRef input = new InputRef(object(key), Story.version(1), "e", 7, T0);
    done(
        new Transition.DecideNotice(
            TENANT,
            pending.id(),
            object(key),
            "alias",
            input.version(),
            journal.tenantDeploys().getOrDefault(TENANT, 0L),
            Set.of(RESIZE),
            List.of(new Admission(job, RESIZE, input, 1, 0, 0, "")),
            List.of(),
            "admitted",
            T0));
    return job;
  }

  private void runOne(PendingNotice pending, AcceleratorId device) {
    JobId job = admit(pending);
    Transition.PlaceAttempt placement =
        new Story(journal).placement(job, 1, slice(device, 1000, 100));
    done(placement);
    AttemptId attempt = new AttemptId(job, 1);
    RunId run = ulids.run();
    done(new Transition.ClaimAttempt(TENANT, attempt, placement.token(), run, T0, T0));
    done(Story.ending(attempt, placement.token(), run, new Next.Produced()));
  }

  private static void timeWaiting(Path file) throws InterruptedException {
    try (SqlJournal journal = SqlJournal.sqlite(file)) {
      JournalBenchmark benchmark = new JournalBenchmark(journal);
      benchmark.registerDevices(8);
      benchmark.admitAll(benchmark.notices(WAITING));
    }
    long start = System.nanoTime();
    try (SqlJournal journal = SqlJournal.sqlite(file)) {
      int found = journal.plannable(T0, 100).size();
      System.out.printf(
          "open with %,d waiting jobs, %d of them read: %.0f ms%n", WAITING, found, millis(start));
      report(journal);
      new JournalBenchmark(journal).dispatchAmongWaiting();
    }
  }

  private void admitAll(List<PendingNotice> notices) throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      int first = i;
      threads.add(
          Thread.ofVirtual()
              .start(() -> {
                for (int j = first; j < notices.size(); j += 64) {
                  admit(notices.get(j));
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private static double millis(long start) {
    return (System.nanoTime() - start) / 1e6;
  }

  private static void report(SqlJournal journal) {
    median("plannable(now, 100)", () -> journal.plannable(T0, 100));
    median("plannable(before all, 100)", () -> journal.plannable(T0.minusSeconds(1), 100));
    median("nextPlannable", () -> journal.nextPlannable(T0.minusSeconds(1)));
    median("counts", () -> journal.counts(TENANT));
    median("inStates(RUNNING)", () -> journal.inStates(Set.of(JobState.RUNNING), 100));
    System.gc();
    long used = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    System.out.printf("heap in use: %d MiB%n", used >> 20);
  }

  private static void median(String what, Runnable read) {
    double[] times = new double[200];
    for (int i = 0; i < times.length; i++) {
      long start = System.nanoTime();
      read.run();
      times[i] = millis(start);
    }
    Arrays.sort(times);
    System.out.printf("%s: p50 %.2f ms, p99 %.2f ms%n", what, times[100], times[198]);
  }

  /** As many callers as devices, each placing and ending what is plannable. */
  private void dispatchAmongWaiting() throws InterruptedException {
    List<JobId> jobs = journal.plannable(T0, 4000).stream().map(Job::id).toList();
    long start = System.nanoTime();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      int first = i;
      threads.add(Thread.ofVirtual().start(() -> dispatch(jobs, first)));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    System.out.printf(
        "dispatched (token, place, claim, end) among them by 8 callers: %.0f jobs/s%n",
        jobs.size() / (millis(start) / 1000));
  }

  private void dispatch(List<JobId> jobs, int first) {
    for (int j = first; j < jobs.size(); j += 8) {
      Transition.PlaceAttempt placement =
          new Story(journal).placement(jobs.get(j), 1, slice(device(first), 1000, 100));
      done(placement);
      AttemptId attempt = placement.attempt();
      RunId run = ulids.run();
      done(new Transition.ClaimAttempt(TENANT, attempt, placement.token(), run, T0, T0));
      done(Story.ending(attempt, placement.token(), run, new Next.Produced()));
    }
  }
}
