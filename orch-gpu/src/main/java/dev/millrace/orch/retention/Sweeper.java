package dev.millrace.orch.retention;

import dev.millrace.orch.journal.Commit;
import dev.millrace.orch.journal.Course;
import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.Kept;
import dev.millrace.orch.journal.Passing;
import dev.millrace.orch.journal.PassingRow;
import dev.millrace.orch.journal.Removal;
import dev.millrace.orch.journal.Transition.BeginRemoval;
import dev.millrace.orch.journal.Transition.FinishRemoval;
import dev.millrace.orch.journal.Transition.ForgetPassing;
import dev.millrace.orch.journal.Transition.JobRef;
import dev.millrace.orch.observe.Bell;
import dev.millrace.orch.observe.Recorder;
import dev.millrace.schema.object.StoreException;
import dev.millrace.schema.time.Ticker;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
  private static final int OPEN_MAX = 1000;
  private static final long REFUSED = -1;

  private final Journal journal;
  private final Recorder recorder;
  private final OwnObjects objects;
  private final Ticker ticker;
  private final Bell never = new Bell();

  Sweeper(Journal journal, Recorder recorder, OwnObjects objects, Ticker ticker) {
    this.journal = journal;
    this.recorder = recorder;
    this.objects = objects;
    this.ticker = ticker;
  }

  /**
   * What a round may do.
   *
   * @param most jobs and rows
   */
  record Bounds(long most, Duration longest) {}

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
    finish(journal.openRemovals(OPEN_MAX), tally);
    if (rules.logs() != null) {
      take(Kept.ALL, Kept.NO_LOGS, now.counted().minus(rules.logs()), tally);
    }
    if (rules.jobs() != null) {
      Instant before = now.counted().minus(rules.jobs());
      take(Kept.NO_LOGS, Kept.IDENTITY, before, tally);
      take(Kept.ALL, Kept.IDENTITY, before, tally);
    }
    if (rules.notices() != null) {
      for (Passing what : Passing.values()) {
        forget(what, now.counted().minus(rules.notices()), tally);
      }
    }
    return tally.round();
  }

  private void take(Kept from, Kept to, Instant before, Tally tally) throws InterruptedException {
    Job after = null;
    List<Job> page = journal.ended(from, before, after, tally.room(BATCH));
    while (!page.isEmpty() && !tally.full()) {
      long began = ticker.nanos();
      after = page.getLast();
      List<JobRef> fit =
          page.stream().filter(job -> reachable(job, tally)).map(JobRef::of).toList();
      if (!fit.isEmpty()
          && recorder.commit(new BeginRemoval(to, before, fit, tally.at()))
              instanceof Commit.Committed) {
        finish(begun(fit), tally);
      }
      rest(began);
      page = journal.ended(from, before, after, tally.room(BATCH));
    }
  }

  /** Nothing is decided that cannot be done now. */
  private boolean reachable(Job job, Tally tally) {
    return journal
        .course(job.function().tenant(), job.id())
        .flatMap(course -> reached(course, tally))
        .isPresent();
  }

  /** Where a job's objects lie; empty where that is not known, or nothing is tried there now. */
  private Optional<Set<OwnObjects.Site>> reached(Course course, Tally tally) {
    try {
      Set<OwnObjects.Site> sites = objects.sites(course);
      for (OwnObjects.Site site : sites) {
        if (!objects.known(site)) {
          tally.bar(Set.of(site), "store " + site.store() + " is not configured here any more");
        }
      }
      return tally.barred(sites) ? Optional.empty() : Optional.of(sites);
    } catch (IllegalStateException e) {
      tally.trouble("job " + course.job().id() + ": " + e.getMessage());
      return Optional.empty();
    }
  }

  private List<Removal> begun(List<JobRef> jobs) {
    List<Removal> begun = new ArrayList<>();
    for (JobRef job : jobs) {
      journal.removal(job.tenant(), job.id()).filter(Removal::open).ifPresent(begun::add);
    }
    return begun;
  }

  private void finish(List<Removal> open, Tally tally) {
    for (Kept kept : List.of(Kept.NO_LOGS, Kept.IDENTITY)) {
      List<JobRef> done = new ArrayList<>();
      long bytes = 0;
      for (Removal removal : open) {
        boolean now = removal.kept() == kept && !tally.full();
        long freed = now ? delete(removal, tally) : REFUSED;
        if (freed != REFUSED) {
          done.add(JobRef.of(removal.job()));
          bytes += freed;
        }
        if (done.size() == BATCH) {
          close(kept, done, bytes, tally);
          done.clear();
          bytes = 0;
        }
      }
      close(kept, done, bytes, tally);
    }
  }

  /** How many bytes of logs that were, as far as is known; {@link #REFUSED} where they stay. */
  private long delete(Removal removal, Tally tally) {
    Job job = removal.job();
    Optional<Course> course = journal.course(job.function().tenant(), job.id());
    if (course.isEmpty()) {
      return REFUSED;
    }
    Optional<Set<OwnObjects.Site>> reached = reached(course.get(), tally);
    if (reached.isEmpty()) {
      return REFUSED;
    }
    Set<OwnObjects.Site> sites = reached.get();
    try {
      if (removal.kept() == Kept.IDENTITY) {
        tally.objects(objects.deleteAll(course.get()));
        return 0;
      }
      tally.objects(objects.deleteLogs(course.get()));
      return objects.logs(course.get()).stream().mapToLong(OwnObjects.Log::bytes).sum();
    } catch (IOException e) {
      if (e instanceof StoreException refusal && refusal.kind() == StoreException.Kind.GIVE_UP) {
        tally.refused(sites, String.valueOf(e.getMessage()));
      } else {
        tally.bar(sites, String.valueOf(e.getMessage()));
      }
      return REFUSED;
    }
  }

  private void close(Kept kept, List<JobRef> done, long bytes, Tally tally) {
    if (done.isEmpty()
        || !(recorder.commit(new FinishRemoval(kept, done)) instanceof Commit.Committed)) {
      return;
    }
    if (kept == Kept.IDENTITY) {
      tally.jobs(done.size());
    } else {
      tally.logs(done.size(), bytes);
    }
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
