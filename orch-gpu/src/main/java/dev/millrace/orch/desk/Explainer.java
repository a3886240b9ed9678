package dev.millrace.orch.desk;

import dev.millrace.orch.dispatch.Dispatcher;
import dev.millrace.orch.intake.Catalog;
import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.Mark;
import dev.millrace.orch.journal.ObjectTally;
import dev.millrace.orch.journal.PublishedObject;
import dev.millrace.orch.journal.Sighting;
import dev.millrace.orch.journal.StartMark;
import dev.millrace.schema.function.DeployedFunction;
import dev.millrace.schema.function.InputRule;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.ledger.Ledger;
import dev.millrace.schema.object.ObjectHead;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.ObjectStore;
import dev.millrace.schema.object.StoreException;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.Stores;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;

/** Tells whoever wonders what happened to a file. */
final class Explainer {
  /** So many of a command's `--limit`. */
  private static final int ROWS_MAX = 1000;

  private static final String REFUSED = "it is asked again, within 5 minutes";

  private final Sources sources;
  private final InstantSource clock;

  /**
   * Where it looks.
   *
   * @param ledger the entries of a job
   * @param logs what attempts wrote
   */
  record Sources(
      Journal journal,
      Catalog catalog,
      Stores stores,
      Dispatcher dispatcher,
      Entries ledger,
      Logs logs) {}

  /** Opens the log of an attempt. */
  @FunctionalInterface
  interface Logs {
    RunLog of(TenantId tenant, AttemptId attempt) throws IOException;
  }

  /** Finds ledger entries. */
  @FunctionalInterface
  interface Entries {
    List<Ledger.Recorded> of(TenantId tenant, JobId job) throws IOException;
  }

  Explainer(Sources sources, InstantSource clock) {
    this.sources = sources;
    this.clock = clock;
  }

  /** A moment as sentences say it. */
  static String time(Instant at) {
    return at.truncatedTo(ChronoUnit.MILLIS).toString();
  }

  FrontDesk.Explanation explain(TenantId tenant, ObjectName object, int max) throws IOException {
    List<String> told = new ArrayList<>();
    There there = there(object, told);
    Optional<ObjectHead> head = there.head();
    // What is known decides as ever, however little is told.
    int rows = Math.max(max, FrontDesk.TOLD);
    List<Job> jobs = sources.journal().jobsOf(tenant, object, rows);
    List<PublishedObject> published = sources.journal().published(object, max);
    List<Sighting> sightings = sources.journal().sightings(tenant, object, rows);
    ObjectTally found = sources.journal().tally(tenant, object);
    coverage(tenant, object, published.isEmpty(), told);
    boolean comes = current(tenant, new Known(object, head, jobs, sightings), told);
    forgotten(jobs, sightings).ifPresent(told::add);
    leftOut(object, max, found).ifPresent(told::add);
    newest(sightings, max).reversed().forEach(sighting -> told.add(sentence(sighting, there)));
    List<Job> shown = newest(jobs, max);
    JobStory story = new JobStory(sources, entries(tenant, shown), clock.instant());
    for (Job job : shown.reversed()) {
      told.addAll(story.tell(tenant, job));
    }
    published(tenant, published, found, told);
    boolean undecided =
        comes
            || !there.refusal().isEmpty() && !covering(tenant, object).isEmpty()
            || sightings.stream().anyMatch(sighting -> sighting.outcome() == null);
    return new FrontDesk.Explanation(
        object, told, shown.stream().map(Job::id).toList(), undecided, found);
  }

  private static <T> List<T> newest(List<T> rows, int max) {
    return rows.subList(0, Math.min(max, rows.size()));
  }

  /** That there is more than is told, and how it is seen. */
  private static Optional<String> leftOut(ObjectName object, int max, ObjectTally found) {
    if (found.most() <= max) {
      return Optional.empty();
    }
    StringJoiner more = new StringJoiner(", of ");
    of(found.notices(), max, "notices").ifPresent(more::add);
    of(found.jobs(), max, "jobs").ifPresent(more::add);
    of(found.publications(), max, "jobs that wrote it").ifPresent(more::add);
    boolean all = found.most() <= ROWS_MAX;
    return Optional.of(
        "Of "
            + more
            + (max == 1 ? " the newest is" : String.format(Locale.ROOT, " the newest %,d are", max))
            + " told here; `millrace explain "
            + object.uri()
            + (object.store().equals(StoreId.EMBEDDED) ? "" : " --store " + object.store())
            + " --limit "
            + (all ? found.most() : ROWS_MAX)
            + "` tells "
            + (all ? "all." : "more."));
  }

  private static Optional<String> of(long all, int max, String what) {
    return all <= max
        ? Optional.empty()
        : Optional.of(String.format(Locale.ROOT, "%,d %s", all, what));
  }

  /** Why notices that came are not told, where they are not. */
  private Optional<String> forgotten(List<Job> jobs, List<Sighting> sightings) {
    return sources
        .journal()
        .mark(Mark.NOTICES)
        .filter(before ->
            sightings.isEmpty() || jobs.stream().anyMatch(j -> !j.admittedAt().isAfter(before)))
        .map(before ->
            "Notices that were decided before "
                + time(before)
                + " were removed by retention.notices; what came of them is not told here.");
  }

  private record Known(
      ObjectName object, Optional<ObjectHead> head, List<Job> jobs, List<Sighting> sightings) {}

  private Map<AttemptId, Ledger.Recorded> entries(TenantId tenant, List<Job> jobs)
      throws IOException {
    Map<AttemptId, Ledger.Recorded> found = new HashMap<>();
    for (Job job : jobs) {
      sources.ledger().of(tenant, job.id()).forEach(r -> found.put(r.entry().attempt(), r));
    }
    return found;
  }

  /**
   * What is there.
   *
   * @param refusal why the store does not say so, and when it is asked again; empty where it does
   */
  private record There(Optional<ObjectHead> head, String refusal) {}

  private There there(ObjectName object, List<String> told) {
    Optional<ObjectStore> store = sources.stores().find(object.store());
    if (store.isEmpty()) {
      told.add(
          "Store " + object.store() + " is not configured here; see stores: in millrace.yaml.");
      return new There(Optional.empty(), "its store is not configured; " + REFUSED);
    }
    Optional<ObjectHead> head;
    try {
      head = store.get().head(object.bucket(), object.key());
    } catch (StoreException e) {
      told.add("Store " + object.store() + " does not say what is there: " + e.getMessage() + ".");
      String why =
          e.silent()
              ? "its store does not say what is there; it is asked again, within half a minute"
              : "its store refuses to say what is there; " + REFUSED;
      return new There(Optional.empty(), why);
    }
    told.add(
        head.map(h ->
                "It is there: "
                    + h.size()
                    + " bytes, written at "
                    + time(h.lastModified())
                    + ", version "
                    + h.version().text()
                    + ".")
            .orElse("Nothing is there now."));
    return new There(head, "");
  }

  private void coverage(TenantId tenant, ObjectName object, boolean alone, List<String> told) {
    List<DeployedFunction> own =
        sources.catalog().functions().stream()
            .filter(function -> function.ref().tenant().equals(tenant))
            .toList();
    List<DeployedFunction> covering = covering(tenant, object);
    covering.forEach(f -> told.add("Function " + f.ref().name() + " takes it."));
    if (object.key().endsWith("/")) {
      told.add("No function takes it: a key that ends in / marks a folder and is never input.");
    } else if (object.key().startsWith(InputRule.RESERVED)) {
      told.add("No function takes it: keys under " + InputRule.RESERVED + " are never input.");
    } else if (alone || !covering.isEmpty()) {
      List<String> misses = Coverage.misses(own, object);
      told.addAll(misses);
      if (covering.isEmpty() && misses.isEmpty()) {
        told.add(
            "No function takes it: none reads bucket "
                + object.bucket()
                + " of store "
                + object.store()
                + ".");
      }
    }
  }

  private List<DeployedFunction> covering(TenantId tenant, ObjectName object) {
    return sources.catalog().covering(object).stream()
        .filter(function -> function.ref().tenant().equals(tenant))
        .toList();
  }

  /**
   * Why what is there now is no job of a function that takes it.
   *
   * @return whether it will be one
   */
  private boolean current(TenantId tenant, Known known, List<String> told) {
    List<DeployedFunction> covering = covering(tenant, known.object());
    if (known.head().isEmpty()) {
      if (!covering.isEmpty()
          && known.jobs().isEmpty()
          && known.sightings().isEmpty()
          && sources.journal().mark(Mark.NOTICES).isEmpty()) {
        told.add("It was never seen: no notice of this key has come, and no sweep has found it.");
      }
      return false;
    }
    boolean comes = false;
    ObjectHead head = known.head().get();
    for (DeployedFunction function : covering) {
      boolean isJob =
          known.jobs().stream()
              .anyMatch(j ->
                  j.function().equals(function.ref())
                      && j.input().version().equals(head.version()));
      if (!isJob) {
        Optional<String> never = never(function, known, head);
        comes |= never.isEmpty();
        told.add(never.orElseGet(() -> soon(function, known)));
      }
    }
    return comes;
  }

  /** Why it makes no job of this function; empty where it will. */
  private Optional<String> never(DeployedFunction function, Known known, ObjectHead head) {
    String name = function.ref().name().value();
    Optional<StartMark> mark =
        sources
            .catalog()
            .now()
            .mark(function.ref(), known.object().store(), known.object().bucket());
    if (mark.isPresent() && isOlder(head, mark.get())) {
      return Optional.of(
          "It is older than that function's deploy at "
              + mark.get().second()
              + ", so it is no job of "
              + name
              + ": deploy with --backfill to take what was there before.");
    }
    return sources.journal().knows(function.ref(), known.object(), head.version())
        ? Optional.of("This version is known to " + name + " and makes no further job.")
        : Optional.empty();
  }

  private static String soon(DeployedFunction function, Known known) {
    FunctionName name = function.ref().name();
    return known.sightings().stream().anyMatch(sighting -> sighting.outcome() == null)
        ? "A notice has come and is kept; admission looks at it next, for " + name + "."
        : "This version has not been seen for "
            + name
            + " yet: no notice came. The next sweep of the bucket finds it.";
  }

  private static boolean isOlder(ObjectHead head, StartMark mark) {
    long second = head.lastModified().getEpochSecond();
    long start = mark.second().getEpochSecond();
    return second < start || (second == start && mark.keys().contains(head.name().key()));
  }

  private static String sentence(Sighting sighting, There there) {
    String outcome = sighting.outcome();
    return "Seen by "
        + sighting.notice().source()
        + " at "
        + time(sighting.notice().receivedAt())
        + ": "
        + (outcome == null
            ? notLookedAt(there)
            : outcome.replace("known to ", "a duplicate, this version is known to "))
        + ".";
  }

  private static String notLookedAt(There there) {
    return there.refusal().isEmpty()
        ? "not looked at yet"
        : "not looked at yet, since " + there.refusal();
  }

  private void published(
      TenantId tenant, List<PublishedObject> published, ObjectTally found, List<String> told) {
    for (PublishedObject output : published.reversed()) {
      told.add(
          "It was written as an output of job "
              + output.job()
              + sources.journal().job(tenant, output.job()).map(Explainer::made).orElse("")
              + " at "
              + time(output.at())
              + ".");
    }
    if (found.publications() > 1 && !published.isEmpty()) {
      told.add(
          String.format(Locale.ROOT, "%,d", found.publications())
              + " jobs wrote this key; the last one's bytes are there: "
              + published.getFirst().job()
              + ".");
    }
  }

  /** Where an output comes from, so that a chain can be followed back. */
  private static String made(Job job) {
    return " of function "
        + job.function().name()
        + ", made from "
        + job.input().name().uri()
        + ",";
  }
}
