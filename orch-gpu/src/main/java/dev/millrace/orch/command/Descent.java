package dev.millrace.orch.command;

import dev.millrace.orch.api.view.ExplainView;
import dev.millrace.orch.api.view.FunctionView;
import dev.millrace.orch.api.view.JobDetail;
import dev.millrace.orch.api.view.JobRow;
import dev.millrace.orch.api.view.ObjectView;
import dev.millrace.orch.api.view.StateNames;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.object.StoreId;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Whether an object may still come of an input that is known: follows the input's jobs, and those
 * of what they leave. It is over when every function that leads to the object has had its job of
 * each of them, all are at rest, no notice is undecided, and that has been so for a while.
 */
final class Descent implements Prospect {
  /** So many objects are followed; of more than that nothing is concluded. */
  private static final int FOLLOWED_MAX = 20;

  /** Looks without a change until it is over. */
  private static final int QUIET = 5;

  private final CoordinatorClient client;
  private final ObjectView object;
  private final ObjectView input;
  private final Consumer<String> tell;
  private final Map<JobId, String> states = new HashMap<>();
  private final Set<String> said = new HashSet<>();

  /** Ended before the wait began, in a store that may hold a newer version that nobody told of. */
  private final Set<JobId> stale = new HashSet<>();

  private int looks;
  private int quiet;

  /**
   * @param input of which it is made, in whichever store functions read it from
   * @param tell takes lines for people
   */
  Descent(CoordinatorClient client, ObjectView object, ObjectView input, Consumer<String> tell) {
    this.client = client;
    this.object = object;
    this.input = input;
    this.tell = tell;
  }

  /** What one look found. */
  private static final class Found {
    private final List<JobDetail> ended = new ArrayList<>();
    private final Set<String> left = new LinkedHashSet<>();
    private boolean live;
    private boolean open;
    private boolean changed;
  }

  @Override
  public Optional<String> look() throws IOException {
    return Prospect.ask(this::looked, () -> quiet = 0);
  }

  private Optional<String> looked() throws IOException {
    List<FunctionView> functions = client.functions();
    Set<String> names = Set.copyOf(Makers.of(object, functions).all());
    List<FunctionView> makers = functions.stream().filter(f -> names.contains(f.name())).toList();
    Found found = new Found();
    Set<ObjectView> roots = roots(makers);
    follow(roots, makers, found);
    looks++;
    quiet = found.live || found.open || found.changed ? 0 : quiet + 1;
    tell(roots, found);
    return quiet >= QUIET && !found.ended.isEmpty() ? Optional.of(over(found)) : Optional.empty();
  }

  private Set<ObjectView> roots(List<FunctionView> makers) {
    Set<ObjectView> roots = new LinkedHashSet<>();
    for (FunctionView function : makers) {
      for (FunctionView.Rule rule : function.inputs()) {
        ObjectView there = new ObjectView(rule.store(), input.bucket(), input.key());
        if (Makers.takes(rule, there)) {
          roots.add(there);
        }
      }
    }
    return roots;
  }

  private void follow(Set<ObjectView> roots, List<FunctionView> makers, Found found)
      throws IOException {
    Set<ObjectView> seen = new HashSet<>(roots);
    Deque<ObjectView> next = new ArrayDeque<>(roots);
    for (int followed = 0; !next.isEmpty(); followed++) {
      if (followed == FOLLOWED_MAX) {
        found.open = true;
        return;
      }
      ObjectView each = next.remove();
      Set<String> readers = readers(makers, each);
      if (!readers.isEmpty()) {
        for (JobDetail.Output left : jobs(each, readers, found)) {
          found.left.add(left.object().uri());
          if (seen.add(left.object())) {
            next.add(left.object());
          }
        }
      }
    }
  }

  private static Set<String> readers(List<FunctionView> makers, ObjectView each) {
    Set<String> readers = new LinkedHashSet<>();
    for (FunctionView function : makers) {
      if (function.inputs().stream().anyMatch(rule -> Makers.takes(rule, each))) {
        readers.add(function.name());
      }
    }
    return readers;
  }

  /** The newest of each reader; answers what they have left. */
  private List<JobDetail.Output> jobs(ObjectView each, Set<String> readers, Found found)
      throws IOException {
    ExplainView story = client.explain(each);
    found.open |= story.undecided();
    Set<String> missing = new HashSet<>(readers);
    List<JobDetail.Output> left = new ArrayList<>();
    for (JobId id : story.jobs()) {
      JobDetail job = missing.isEmpty() ? null : client.job(id.value());
      if (job != null && missing.remove(job.job().function())) {
        see(job, found);
        left.addAll(job.outputs());
      }
    }
    found.open |= !missing.isEmpty();
    return left;
  }

  private void see(JobDetail detail, Found found) {
    JobRow job = detail.job();
    String before = states.put(job.id(), job.state());
    boolean news = !job.state().equals(before);
    found.changed |= news && before != null;
    if (!StateNames.atRest(job.state())) {
      stale.remove(job.id());
      found.live = true;
      return;
    }
    if (looks == 0 && !job.input().name().store().equals(StoreId.EMBEDDED)) {
      stale.add(job.id());
    }
    found.open |= stale.contains(job.id());
    found.ended.add(detail);
    if (news && Outlook.FAILED.contains(job.state())) {
      tell.accept(Outlook.failed(job) + "; 'millrace job " + job.id() + "' tells more");
    }
  }

  private void tell(Set<ObjectView> roots, Found found) {
    if (roots.isEmpty()) {
      say(
          "no function that is deployed reads "
              + input.uri()
              + " and leads to it: waiting for one, or for somebody else to put it");
    } else if (found.live && looks > 2) {
      say("waiting for jobs of " + input.uri());
    } else if (!found.live && found.open && looks > 2) {
      say(
          "waiting for the next job of "
              + input.uri()
              + ": 'millrace explain "
              + input.uri()
              + "' tells what is known of it");
    }
  }

  private String over(Found found) {
    List<JobRow> failures =
        found.ended.stream()
            .map(JobDetail::job)
            .filter(job -> Outlook.FAILED.contains(job.state()))
            .toList();
    if (!failures.isEmpty()) {
      return "no job of " + input.uri() + " is live any more, and " + Outlook.told(failures);
    }
    return "every job of "
        + input.uri()
        + " has ended and left "
        + (found.left.isEmpty()
            ? "nothing"
            : String.join(", ", found.left.stream().limit(3).toList())
                + (found.left.size() > 3 ? " and " + (found.left.size() - 3) + " more" : ""))
        + ". Look at the key that you wait for, and at how the function names its files: 'millrace"
        + " logs "
        + found.ended.getLast().job().id()
        + "'";
  }

  private void say(String text) {
    if (said.add(text)) {
      tell.accept(text);
    }
  }
}
