package dev.millrace.orch.retention;

import dev.millrace.orch.journal.Commit;
import dev.millrace.orch.journal.Course;
import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.Kept;
import dev.millrace.orch.journal.Removal;
import dev.millrace.orch.journal.Transition.FinishRemoval;
import dev.millrace.orch.journal.Transition.JobRef;
import dev.millrace.orch.observe.Recorder;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.object.StoreException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Does what was decided: deletes objects, then says that they are gone. What a store refuses is
 * tried again in later rounds, what was refused longest ago first. One thread at a time.
 */
final class Deletions {
  /** Objects that a store may still have. */
  private static final long LEFT = -1;

  private final Journal journal;
  private final Recorder recorder;
  private final OwnObjects objects;

  /** When each was refused, in refusals. */
  private final Map<JobId, Long> refused = new HashMap<>();

  private long refusals;

  Deletions(Journal journal, Recorder recorder, OwnObjects objects) {
    this.journal = journal;
    this.recorder = recorder;
    this.objects = objects;
  }

  /** Where a job's objects lie; empty where that is not known, or nothing is tried there now. */
  Optional<Set<OwnObjects.Site>> reached(Course course, Tally tally) {
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

  /** Tries again what is open and still due by its rule; a rule that was lifted deletes nothing. */
  void again(List<Removal> open, Rules rules, Instant counted, Tally tally) {
    refused.keySet().retainAll(open.stream().map(r -> r.job().id()).collect(Collectors.toSet()));
    Comparator<Removal> longest =
        Comparator.comparingLong(removal -> refused.getOrDefault(removal.job().id(), 0L));
    finish(
        open.stream().filter(removal -> due(removal, rules, counted)).sorted(longest).toList(),
        tally,
        true);
  }

  private static boolean due(Removal removal, Rules rules, Instant counted) {
    @Nullable Duration time = removal.kept() == Kept.IDENTITY ? rules.jobs() : rules.logs();
    if (time == null) {
      return false;
    }
    Instant before = counted.minus(time);
    Job job = removal.job();
    return !job.updatedAt().isAfter(before)
        && !job.admittedAt().isAfter(before)
        && !job.input().lastModified().isAfter(before);
  }

  /** Does what was decided just now. */
  void finish(List<Removal> begun, Tally tally) {
    finish(begun, tally, false);
  }

  private void finish(List<Removal> open, Tally tally, boolean again) {
    for (Kept kept : List.of(Kept.NO_LOGS, Kept.IDENTITY)) {
      List<JobRef> done = new ArrayList<>();
      long bytes = 0;
      for (Removal removal : open) {
        boolean now = removal.kept() == kept && !tally.full();
        long freed = now ? delete(removal, tally, again) : LEFT;
        if (freed != LEFT) {
          done.add(JobRef.of(removal.job()));
          bytes += freed;
        }
        if (done.size() == Sweeper.BATCH) {
          close(kept, done, bytes, tally);
          done.clear();
          bytes = 0;
        }
      }
      close(kept, done, bytes, tally);
    }
  }

  /** How many bytes of logs that were, as far as is known; {@link #LEFT} where something stays. */
  private long delete(Removal removal, Tally tally, boolean again) {
    Job job = removal.job();
    Optional<Course> course = journal.course(job.function().tenant(), job.id());
    Optional<Set<OwnObjects.Site>> reached = course.flatMap(of -> reached(of, tally));
    if (course.isEmpty() || reached.isEmpty()) {
      return LEFT;
    }
    Set<OwnObjects.Site> sites = reached.get();
    if (again && tally.tired(sites)) {
      tally.stays(sites);
      return LEFT;
    }
    try {
      return removal.kept() == Kept.IDENTITY
          ? deleteAll(course.get(), tally)
          : deleteLogs(course.get(), tally);
    } catch (IOException e) {
      refuse(job, sites, e, again, tally);
      return LEFT;
    }
  }

  private long deleteAll(Course course, Tally tally) throws IOException {
    OwnObjects.Deleted deleted = objects.deleteAll(course, tally::late);
    tally.objects(deleted.objects());
    return deleted.all() ? 0 : LEFT;
  }

  private long deleteLogs(Course course, Tally tally) throws IOException {
    tally.objects(objects.deleteLogs(course));
    return objects.logs(course).stream().mapToLong(OwnObjects.Log::bytes).sum();
  }

  /** Whether others may go there is not known from what a store refuses of one. */
  private void refuse(
      Job job, Set<OwnObjects.Site> sites, IOException why, boolean again, Tally tally) {
    String said = String.valueOf(why.getMessage());
    if (!(why instanceof StoreException refusal) || refusal.kind() == StoreException.Kind.RETRY) {
      tally.bar(sites, said);
      return;
    }
    refused.put(job.id(), ++refusals);
    if (again) {
      tally.refusedAgain(sites, said);
      tally.stays(sites);
    } else {
      tally.refused(sites, said);
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
}
