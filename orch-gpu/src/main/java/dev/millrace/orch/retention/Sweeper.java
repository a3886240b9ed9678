package dev.millrace.orch.retention;

import dev.millrace.orch.journal.Commit;
import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.Kept;
import dev.millrace.orch.journal.Passing;
import dev.millrace.orch.journal.PassingRow;
import dev.millrace.orch.journal.Removal;
import dev.millrace.orch.journal.Transition.BeginRemoval;
import dev.millrace.orch.journal.Transition.ForgetPassing;
import dev.millrace.orch.journal.Transition.JobRef;
import dev.millrace.orch.observe.Bell;
import dev.millrace.orch.observe.Recorder;
import dev.millrace.schema.time.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Removes what is old enough. That it goes is committed first, then its objects are deleted, then
 * the journal says that they are: whoever is killed in between is followed by one that begins with
 * what is open. Several may sweep at once; each step can be made twice. One thread at a time.
 */
final class Sweeper {
  /** Jobs of one commit: what waits behind it waits some milliseconds. */
  static final int BATCH = 25;

  private static final int ROWS = 500;
  private static final int OPEN_MAX = 5000;

  private static final int SKIPPED_MAX = 1000;

  private final Journal journal;
  private final Recorder recorder;
  private final Deletions deletions;
  private final Map<Step, Job> behind = new HashMap<>();
  private final Ticker ticker;
  private final Bell never = new Bell();

  Sweeper(Journal journal, Recorder recorder, OwnObjects objects, Ticker ticker) {
    this.journal = journal;
    this.recorder = recorder;
    this.deletions = new Deletions(journal, recorder, objects);
    this.ticker = ticker;
  }

  /**
   * What a round may do.
   *
   * @param most jobs and rows
   * @param skips so many jobs at which nothing can be done, and the next round goes on behind them
   */
  record Bounds(long most, Duration longest, int skips) {
    Bounds(long most, Duration longest) {
      this(most, longest, SKIPPED_MAX);
    }
  }

  /**
   * One round.
   *
   * @param bounds what it may take, and how long
   */
  Round sweep(Rules rules, CarefulClock.Reading now, Bounds bounds) throws InterruptedException {
    long end = ticker.nanos() + bounds.longest().toNanos();
    Tally tally =
        new Tally(now.wall(), now.counted(), bounds.most(), () -> ticker.nanos() - end > 0);
    if (rules.off()) {
      return tally.round();
    }
    deletions.again(journal.openRemovals(OPEN_MAX), rules, now.counted(), tally);
    if (rules.logs() != null) {
      take(new Step(Kept.ALL, Kept.NO_LOGS), now.counted().minus(rules.logs()), bounds, tally);
    }
    if (rules.jobs() != null) {
      Instant before = now.counted().minus(rules.jobs());
      take(new Step(Kept.NO_LOGS, Kept.IDENTITY), before, bounds, tally);
      take(new Step(Kept.ALL, Kept.IDENTITY), before, bounds, tally);
    }
    if (rules.notices() != null) {
      for (Passing what : Passing.values()) {
        forget(what, now.counted().minus(rules.notices()), tally);
      }
    }
    return tally.round();
  }

  private record Step(Kept from, Kept to) {}

  /**
   * Begins behind those at which the last round could do nothing, if it did not come to the end.
   */
  private void take(Step step, Instant before, Bounds bounds, Tally tally)
      throws InterruptedException {
    Job after = behind.remove(step);
    int skipped = 0;
    List<Job> page = journal.ended(step.from(), before, after, tally.room(BATCH));
    while (!page.isEmpty() && !tally.full() && skipped < bounds.skips()) {
      long began = ticker.nanos();
      after = page.getLast();
      List<JobRef> fit =
          page.stream().filter(job -> reachable(job, tally)).map(JobRef::of).toList();
      skipped += page.size() - fit.size();
      if (!fit.isEmpty()
          && recorder.commit(new BeginRemoval(step.to(), before, fit, tally.at()))
              instanceof Commit.Committed) {
        deletions.finish(begun(fit), tally);
      }
      rest(began);
      page = journal.ended(step.from(), before, after, tally.room(BATCH));
    }
    if (!page.isEmpty() && skipped > 0) {
      behind.put(step, after);
    }
  }

  /** Nothing is decided that cannot be done now. */
  private boolean reachable(Job job, Tally tally) {
    return journal
        .course(job.function().tenant(), job.id())
        .flatMap(course -> deletions.reached(course, tally))
        .isPresent();
  }

  private List<Removal> begun(List<JobRef> jobs) {
    List<Removal> begun = new ArrayList<>();
    for (JobRef job : jobs) {
      journal.removal(job.tenant(), job.id()).filter(Removal::open).ifPresent(begun::add);
    }
    return begun;
  }

  private void forget(Passing what, Instant before, Tally tally) throws InterruptedException {
    long after = 0;
    boolean older = true;
    while (older && !tally.full()) {
      long began = ticker.nanos();
      List<PassingRow> page = journal.passing(what, after, tally.room(ROWS));
      older = !page.isEmpty() && !page.getLast().began().isAfter(before);
      List<Long> over =
          page.stream().filter(row -> over(row, before)).map(PassingRow::number).toList();
      if (!over.isEmpty()) {
        recorder.commit(new ForgetPassing(what, over, before));
        tally.rows(what, over.size());
      }
      after = page.isEmpty() ? after : page.getLast().number();
      rest(began);
    }
  }

  private static boolean over(PassingRow row, Instant before) {
    @Nullable Instant over = row.over();
    return over != null && !over.isAfter(before) && !row.began().isAfter(before);
  }

  /** As long as the work took: what lives has the other half of the time at least. */
  private void rest(long began) throws InterruptedException {
    never.await(Duration.ofNanos(ticker.nanos() - began));
  }
}
