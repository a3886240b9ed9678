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

  /** Of those that were refused in rounds before, so many are enough in one bucket. */
  private static final int AGAIN_MAX = 3;

  /** So many that a bucket refuses, and nothing more is decided there. */
  static final int STAY_MAX = 500;

  private final Instant at;
  private final Instant counted;
  private final Map<Passing, Long> rows = new EnumMap<>(Passing.class);
  private final Set<String> troubles = new LinkedHashSet<>();
  private final Set<OwnObjects.Site> barred = new HashSet<>();
  private final Map<OwnObjects.Site, Integer> refusals = new HashMap<>();
  private final Map<OwnObjects.Site, Integer> again = new HashMap<>();
  private final Map<OwnObjects.Site, Integer> staying = new HashMap<>();
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

  /** Something there that was refused before is refused again. */
  void refusedAgain(Set<OwnObjects.Site> sites, String why) {
    sites.forEach(site -> again.merge(site, 1, Integer::sum));
    trouble(why);
  }

  /** Whether enough was tried again there. */
  boolean tired(Set<OwnObjects.Site> sites) {
    return sites.stream().anyMatch(site -> again.getOrDefault(site, 0) >= AGAIN_MAX);
  }

  /** One more that was decided stays there. */
  void stays(Set<OwnObjects.Site> sites) {
    for (OwnObjects.Site site : sites) {
      if (staying.merge(site, 1, Integer::sum) == STAY_MAX) {
        bar(
            Set.of(site),
            "bucket "
                + site.bucket()
                + " of store "
                + site.store()
                + " refuses "
                + STAY_MAX
                + " removals: no more are decided there until some of them go");
      }
    }
  }

  void trouble(String why) {
    if (troubles.size() < TROUBLES_MAX) {
      troubles.add(why);
    }
  }

  boolean barred(Set<OwnObjects.Site> sites) {
    return sites.stream().anyMatch(barred::contains);
  }

  /** Whether its time is over: what is not done then is left to the next. */
  boolean late() {
    boolean over = late.getAsBoolean();
    more |= over;
    return over;
  }

  /** Whether it has taken all that it may, or as long. */
  boolean full() {
    boolean full = late() || left <= 0;
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
