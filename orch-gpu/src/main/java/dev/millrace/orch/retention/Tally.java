package dev.millrace.orch.retention;

import dev.millrace.orch.journal.Passing;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** What a round has done so far, and where it met refusals. */
final class Tally {
  private static final int TROUBLES_MAX = 20;

  /** Refusals of one bucket after which it is left alone: some objects may be locked, or all. */
  private static final int REFUSALS_MAX = 25;

  private final Instant at;
  private final Instant counted;
  private final Map<Passing, Long> rows = new EnumMap<>(Passing.class);
  private final Set<String> troubles = new LinkedHashSet<>();
  private final Set<OwnObjects.Site> barred = new HashSet<>();
  private final Map<OwnObjects.Site, Integer> refusals = new HashMap<>();
  private long logs;
  private long logBytes;
  private long jobs;
  private long objects;
  private final BooleanSupplier late;
  private long left;
  private boolean more;

  /**
   * @param most how many jobs and rows it may take
   * @param late whether its time is over
   */
  Tally(Instant at, Instant counted, long most, BooleanSupplier late) {
    this.at = at;
    this.counted = counted;
    this.left = most;
    this.late = late;
  }

  Instant at() {
    return at;
  }

  void logs(long jobsTaken, long bytes) {
    logs += jobsTaken;
    logBytes += bytes;
    left -= jobsTaken;
  }

  void jobs(long taken) {
    jobs += taken;
    left -= taken;
  }

  void objects(long deleted) {
    objects += deleted;
  }

  void rows(Passing what, long taken) {
    rows.merge(what, taken, Long::sum);
    left -= taken;
  }

  /** Nothing more is tried there in this round. */
  void bar(Set<OwnObjects.Site> sites, String why) {
    barred.addAll(sites);
    trouble(why);
  }

  /** Something there was refused, which others may not be. */
  void refused(Set<OwnObjects.Site> sites, String why) {
    for (OwnObjects.Site site : sites) {
      if (refusals.merge(site, 1, Integer::sum) >= REFUSALS_MAX) {
        barred.add(site);
      }
    }
    trouble(why);
  }

  void trouble(String why) {
    if (troubles.size() < TROUBLES_MAX) {
      troubles.add(why);
    }
  }

  boolean barred(Set<OwnObjects.Site> sites) {
    return sites.stream().anyMatch(barred::contains);
  }

  /** Whether it has taken all that it may, or as long. */
  boolean full() {
    boolean full = left <= 0 || late.getAsBoolean();
    more |= full;
    return full;
  }

  /** How many more it may take, up to so many. */
  int room(int atOnce) {
    return (int) Math.max(1, Math.min(left, atOnce));
  }

  Round round() {
    return new Round(
        at,
        counted,
        logs,
        logBytes,
        jobs,
        objects,
        rows.getOrDefault(Passing.NOTICES, 0L),
        rows.getOrDefault(Passing.LEASES, 0L),
        rows.getOrDefault(Passing.ENTRIES, 0L),
        more,
        List.copyOf(troubles));
  }
}
