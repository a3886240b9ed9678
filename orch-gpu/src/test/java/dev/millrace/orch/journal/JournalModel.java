package dev.millrace.orch.journal;

import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.RunId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a journal should answer, in the fewest words: one tenant, one function, one device. */
final class JournalModel {
  static final long SIZE = 100;

  static final class ModelJob {
    final JobId id;
    final String key;
    final long version;
    final int admission;
    JobState state = JobState.WAITING;
    int attempts;
    boolean cancelRequested;
    long token;
    @Nullable RunId run;

    ModelJob(JobId id, String key, long version, int admission) {
      this.id = id;
      this.key = key;
      this.version = version;
      this.admission = admission;
    }

    boolean liveAttempt() {
      return state == JobState.PLACED || state == JobState.STAGED || state == JobState.RUNNING;
    }

    boolean resting() {
      return state == JobState.DEAD || state == JobState.REFUSED;
    }
  }

  final Map<String, ModelJob> byIdentity = new LinkedHashMap<>();
  final List<ModelJob> jobs = new ArrayList<>();
  final Map<Long, Long> held = new LinkedHashMap<>();
  final Map<Long, Long> quarantined = new LinkedHashMap<>();
  int ended;

  long reserved() {
    return held.values().stream().mapToLong(Long::longValue).sum()
        + quarantined.values().stream().mapToLong(Long::longValue).sum();
  }

  void admit(JobId id, String key, long version) {
    if (!byIdentity.containsKey(key + "@" + version)) {
      ModelJob job = new ModelJob(id, key, version, jobs.size() + 1);
      byIdentity.put(key + "@" + version, job);
      jobs.add(job);
    }
  }

  boolean place(ModelJob job, int number, long token, long mib) {
    boolean possible =
        job.state == JobState.WAITING && number == job.attempts + 1 && reserved() + mib <= SIZE;
    if (possible) {
      job.state = JobState.PLACED;
      job.attempts = number;
      job.token = token;
      job.run = null;
      held.put(token, mib);
    }
    return possible;
  }

  boolean stage(ModelJob job, long token) {
    boolean possible = job.state == JobState.PLACED && job.token == token;
    if (possible) {
      job.state = JobState.STAGED;
    }
    return possible;
  }

  boolean claim(ModelJob job, long token, RunId run) {
    if (job.token != token || !job.liveAttempt()) {
      return false;
    }
    if (job.state == JobState.RUNNING) {
      return run.equals(job.run);
    }
    job.state = JobState.RUNNING;
    job.run = run;
    return true;
  }

  boolean end(ModelJob job, long token, @Nullable RunId run, Next next, boolean quarantine) {
    boolean sameRun = run == null ? job.run == null : run.equals(job.run);
    if (!job.liveAttempt() || job.token != token || !sameRun) {
      return false;
    }
    long mib = Objects.requireNonNull(held.remove(token));
    if (quarantine) {
      quarantined.put(token, mib);
    }
    ended++;
    job.state =
        switch (next) {
          case Next.Produced() -> JobState.PRODUCED;
          case Next.Retry retry -> job.cancelRequested ? JobState.CANCELLED : JobState.WAITING;
          case Next.Ended(JobState state, String reason) -> state;
        };
    return true;
  }

  boolean free(long token) {
    return quarantined.remove(token) != null;
  }

  boolean cancel(ModelJob job) {
    if (job.state == JobState.WAITING) {
      job.state = JobState.CANCELLED;
      return true;
    }
    job.cancelRequested |= job.liveAttempt();
    return job.liveAttempt();
  }

  boolean redrive(ModelJob job) {
    boolean possible = job.resting();
    if (possible) {
      job.state = JobState.WAITING;
      job.cancelRequested = false;
    }
    return possible;
  }

  boolean discard(ModelJob job) {
    boolean possible = job.resting();
    if (possible) {
      job.state = JobState.DISCARDED;
    }
    return possible;
  }

  boolean beginPublication(ModelJob job) {
    if (job.state != JobState.PRODUCED) {
      return false;
    }
    for (ModelJob other : jobs) {
      boolean named =
          other.state == JobState.PUBLISHING
              || other.state == JobState.SUCCEEDED && other.version > job.version;
      if (other != job && other.key.equals(job.key) && named) {
        return false;
      }
    }
    job.state = JobState.PUBLISHING;
    return true;
  }

  boolean finishPublication(ModelJob job) {
    boolean possible = job.state == JobState.PUBLISHING;
    if (possible) {
      job.state = JobState.SUCCEEDED;
    }
    return possible;
  }
}
