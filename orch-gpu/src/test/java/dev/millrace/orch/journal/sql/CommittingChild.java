package dev.millrace.orch.journal.sql;

import static dev.millrace.orch.journal.Story.RESIZE;
import static dev.millrace.orch.journal.Story.T0;
import static dev.millrace.orch.journal.Story.TENANT;
import static dev.millrace.orch.journal.Story.object;

import dev.millrace.orch.journal.Admission;
import dev.millrace.orch.journal.Commit;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.JournalException;
import dev.millrace.orch.journal.PendingNotice;
import dev.millrace.orch.journal.Story;
import dev.millrace.orch.journal.Transition;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.Ulids;
import dev.millrace.schema.object.Notice;
import dev.millrace.schema.run.InputRef;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * A process of its own that admits jobs by several threads and says the id of each one that was
 * acknowledged; to be killed, or to run into a limit.
 */
final class CommittingChild {
  private static final int NOTICES = 20_000;

  private CommittingChild() {}

  /** What starts it: a journal's file, {@code endless} or {@code full}, behind these words. */
  static List<String> command(Path file, String mode) {
    String classes =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return new ArrayList<>(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-Xmx256m",
            "-cp",
            classes,
            CommittingChild.class.getName(),
            file.toString(),
            mode));
  }

  public static void main(String[] words) throws IOException, InterruptedException {
    Journal journal = SqlJournal.sqlite(Path.of(words[0]));
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    if (words[1].equals("full")) {
      untilFull(journal, out);
    } else {
      admitByMany(journal, out);
    }
  }

  private static void admitByMany(Journal journal, PrintStream out) throws InterruptedException {
    for (int part = 0; part < NOTICES / 1000; part++) {
      accept(journal, 1000);
    }
    List<PendingNotice> pending = journal.pendingNotices(0, NOTICES);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      int first = i;
      threads.add(
          Thread.ofVirtual()
              .start(() -> {
                Random random = new Random(first);
                for (int j = first; j < pending.size(); j += 4) {
                  out.println(admit(journal, pending.get(j).id(), random));
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private static void accept(Journal journal, int count) {
    List<Notice> notices = Collections.nCopies(count, Story.notice("k"));
    journal.commit(new Transition.AcceptNotices(TENANT, notices));
  }

  private static JobId admit(Journal journal, long notice, Random random) {
    String key = "k" + notice;
    InputRef input = new InputRef(object(key), Story.version(1), "e", 7, T0);
    JobId job = new Ulids(() -> T0, random).job();
    Commit commit =
        journal.commit(
            new Transition.DecideNotice(
                TENANT,
                notice,
                object(key),
                "alias",
                input.version(),
                journal.tenantDeploys().getOrDefault(TENANT, 0L),
                Set.of(RESIZE),
                List.of(new Admission(job, RESIZE, input, 1, 0, 0, "")),
                List.of(),
                "decided",
                T0));
    if (commit instanceof Commit.Conflict conflict) {
      throw new IllegalStateException(conflict.reason());
    }
    return job;
  }

  private static void untilFull(Journal journal, PrintStream out) throws IOException {
    Random random = new Random(0);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    accept(journal, 1);
    try {
      for (long notice = 1; ; notice++) {
        accept(journal, 1);
        out.println(admit(journal, notice, random));
      }
    } catch (JournalException e) {
      out.println("FULL " + e.getMessage());
    }
    in.readLine();
    for (int i = 0; i < 10; i++) {
      accept(journal, 1);
      out.println(admit(journal, journal.pendingNotices(0, 1).getFirst().id(), random));
    }
    journal.close();
  }
}
