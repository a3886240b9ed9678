package dev.millrace.orch.command;

import dev.millrace.orch.api.view.FunctionView;
import dev.millrace.orch.api.view.JobDetail;
import dev.millrace.orch.api.view.JobPage;
import dev.millrace.orch.api.view.JobRow;
import dev.millrace.orch.api.view.ObjectView;
import dev.millrace.orch.api.view.StateNames;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.orch.client.JobQuery;
import dev.millrace.schema.id.JobId;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Whether an object that is awaited may still come, by the jobs that could write it: those that
 * were live when the wait began, that have begun since, or that failed just before. Tells what
 * becomes of them. A function's files may have any name, so that a job which failed says nothing of
 * an object, unless the object has the name of the job's input. It is over when such a job has
 * failed, none is live, no notice of its input is undecided, and nothing has happened for a while.
 * Where what they leave is found by a listing alone, nothing tells when the next job begins, and it
 * is never over.
 */
final class Outlook implements Prospect {
  /** How often it is asked. */
  static final Duration EVERY = Duration.ofSeconds(1);

  private static final Duration JUST_BEFORE = Duration.ofMinutes(1);

  /** How jobs end that publish nothing. */
  static final Set<String> FAILED =
      Set.of("dead", "refused", "cancelled", "discarded", "input-gone");

  private static final int NEWEST = 50;
  private static final int LIVE_MAX = 100;
  private static final int ASKED_MAX = 20;
  private static final int TOLD_MAX = 5;

  /** Looks without a change until it is quiet: what was put meanwhile is a job by then. */
  private static final int QUIET = 5;

  private final CoordinatorClient client;
  private final ObjectView object;
  private final Instant since;
  private final Consumer<String> tell;
  private final Map<JobId, JobRow> watched = new LinkedHashMap<>();
  private final Map<String, String> newest = new HashMap<>();
  private final Set<String> said = new HashSet<>();
  private final Set<JobId> seen = new HashSet<>();
  private Makers makers = new Makers(List.of(), List.of(), false);
  private int looks;
  private int quiet;
  private int told;
  private int toldOfOthers;
  private boolean live;

  /**
   * @param since when the wait began
   * @param tell takes lines for people
   */
  Outlook(CoordinatorClient client, ObjectView object, Instant since, Consumer<String> tell) {
    this.client = client;
    this.object = object;
    this.since = since;
    this.tell = tell;
  }

  @Override
  public Optional<String> look() throws IOException {
    return Prospect.ask(this::looked, () -> quiet = 0);
  }

  private Optional<String> looked() throws IOException {
    if (looks == 0) {
      List<FunctionView> functions = client.functions();
      makers = Makers.of(object, functions);
    }
    live = false;
    seen.clear();
    boolean changed = false;
    for (String function : makers.all()) {
      changed |= look(function);
    }
    changed |= lookAtOlder();
    looks++;
    quiet = changed || live ? 0 : quiet + 1;
    if (quiet >= QUIET && !makers.slow()) {
      Optional<String> over = over();
      if (over.isPresent()) {
        return over;
      }
    }
    sayWhatIsWaitedFor();
    return Optional.empty();
  }

  private boolean look(String function) throws IOException {
    JobQuery query =
        new JobQuery(List.of(), Optional.of(function), Optional.empty(), Optional.empty(), NEWEST);
    boolean first = looks == 0;
    JobPage running = client.jobs(query.in(StateNames.live()).atMost(first ? LIVE_MAX : 1));
    live |= !running.jobs().isEmpty();
    boolean changed = false;
    for (JobRow job : running.jobs()) {
      changed |= see(job);
    }
    List<JobRow> page = client.jobs(query).jobs();
    String before = newest.getOrDefault(function, "");
    for (JobRow job : page.reversed()) {
      boolean begun = !first && job.id().value().compareTo(before) > 0;
      if (begun || watched.containsKey(job.id()) || first && failedJustBefore(job)) {
        changed |= see(job);
      }
    }
    if (!page.isEmpty()) {
      newest.put(function, page.getFirst().id().value());
    }
    return changed;
  }

  private boolean failedJustBefore(JobRow job) {
    return FAILED.contains(job.state()) && job.updatedAt().isAfter(since.minus(JUST_BEFORE));
  }

  /** Those that were live and are on no first page any more. */
  private boolean lookAtOlder() throws IOException {
    List<JobRow> open =
        watched.values().stream()
            .filter(job -> !StateNames.atRest(job.state()) && !seen.contains(job.id()))
            .limit(ASKED_MAX)
            .toList();
    boolean changed = false;
    for (JobRow job : open) {
      changed |= see(client.job(job.id().value()).job());
    }
    return changed;
  }

  /** Whether that is news. */
  private boolean see(JobRow job) {
    seen.add(job.id());
    JobRow before = watched.put(job.id(), job);
    boolean news = before == null || !before.state().equals(job.state());
    if (news && FAILED.contains(job.state()) && isTold(job)) {
      tell.accept(failed(job) + "; 'millrace job " + job.id() + "' tells more");
    }
    return news;
  }

  /** Many failures of other inputs do not keep one of this name from being told. */
  private boolean isTold(JobRow job) {
    return (isOfItsName(job) ? told++ : toldOfOthers++) < TOLD_MAX;
  }

  /** As people are told. */
  static String failed(JobRow job) {
    String reason = job.reason();
    return "job "
        + job.id()
        + " of "
        + job.function()
        + " on "
        + job.input().uri()
        + " is "
        + job.state()
        + (reason == null || reason.isEmpty() ? "" : ": " + reason);
  }

  /** The last word of each input and function: a version of before says nothing. */
  private List<JobRow> failures() {
    Map<String, JobRow> last = new LinkedHashMap<>();
    for (JobRow job : watched.values()) {
      last.merge(
          job.function() + " " + job.input(),
          job,
          (one, other) -> one.id().value().compareTo(other.id().value()) < 0 ? other : one);
    }
    return last.values().stream().filter(job -> FAILED.contains(job.state())).toList();
  }

  private Optional<String> over() throws IOException {
    List<JobRow> failures = failures().stream().filter(this::isOfItsName).toList();
    for (JobRow job : failures) {
      if (client.explain(job.input()).undecided()) {
        return Optional.empty();
      }
    }
    return failures.isEmpty()
        ? Optional.empty()
        : Optional.of("no job that could write it is live any more, and " + told(failures));
  }

  /** As people are told, with what to do. */
  static String told(List<JobRow> failures) {
    JobRow last = failures.getLast();
    boolean again = last.state().equals("dead") || last.state().equals("refused");
    return failed(last)
        + (failures.size() == 1 ? "" : " (" + (failures.size() - 1) + " more have failed)")
        + (again
            ? ". 'millrace redrive " + last.id() + "' tries it again"
            : ". 'millrace job " + last.id() + "' tells more");
  }

  /** Whether the object is called as the job's input, but for the ending. */
  private boolean isOfItsName(JobRow job) {
    String wanted = name(object);
    String given = name(job.input());
    return wanted.equals(given) || stem(wanted).equals(stem(given)) || stem(wanted).equals(given);
  }

  private static String name(ObjectView object) {
    return object.key().substring(object.key().lastIndexOf('/') + 1);
  }

  private static String stem(String name) {
    int dot = name.lastIndexOf('.');
    return dot <= 0 ? name : name.substring(0, dot);
  }

  /** Not at once: mostly it is there in a moment. */
  private void sayWhatIsWaitedFor() throws IOException {
    if (makers.writers().isEmpty()) {
      say("no function that is deployed writes there: waiting for somebody else to put it");
    } else if (live && looks > 2) {
      say("waiting for jobs of " + String.join(", ", makers.all()));
    } else if (quiet == QUIET) {
      say(
          watched.isEmpty()
              ? "no job of "
                  + String.join(", ", makers.all())
                  + " is live, and none has begun: waiting for one, or for somebody else to put it"
              : wrote() + ": waiting for another job, or for somebody else to put it" + hint());
    }
  }

  private String wrote() throws IOException {
    JobDetail last = client.job(watched.keySet().stream().toList().getLast().value());
    List<String> outputs = last.outputs().stream().map(o -> o.object().uri()).limit(3).toList();
    return "no job is live any more; job "
        + last.job().id()
        + " of "
        + last.job().function()
        + " is "
        + last.job().state()
        + (outputs.isEmpty() ? " and left nothing" : " and left " + String.join(", ", outputs));
  }

  private String hint() {
    boolean unsure = failures().stream().anyMatch(job -> !isOfItsName(job));
    return unsure
        ? ". Whether a job that failed would have written it is not known by the names: '--of"
            + " s3://BUCKET/KEY' says of which object it is made"
        : "";
  }

  private void say(String text) {
    if (said.add(text)) {
      tell.accept(text);
    }
  }
}
