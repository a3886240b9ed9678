package dev.millrace.orch.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.util.TreeScanner;
import dev.millrace.orch.journal.Commit;
import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.Next;
import dev.millrace.orch.journal.Story;
import dev.millrace.orch.journal.Transition;
import dev.millrace.orch.journal.sql.SqlJournal;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.RunId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The drawing of a job's states is what the journal does: from each state every transition is tried
 * on a journal of its own. How a job may be ended is the caller's word, so the ends that are tried
 * are those that the coordinator's sources write.
 */
final class JobStateDrawingTest {
  private static final Pattern DRAWN =
      Pattern.compile("^ {2}(\\[\\*]|[A-Z_]+) --> ([A-Z_]+)(?: : .*)?$", Pattern.MULTILINE);

  private static final Set<End> ENDS = endsWritten();
  private static final Set<JobState> ENDS_OF_A_RUN = statesIn("Ended", "");
  private static final Set<JobState> ENDS_UNCLAIMED = statesIn("Ended", "unclaimed");

  @TempDir Path folder;

  /** An end of a job without a live attempt, as some caller asks for it. */
  private record End(JobState from, JobState to) {}

  /** A job and its last attempt. */
  private record Case(JobId job, long token, @Nullable RunId run) {
    AttemptId attempt() {
      return new AttemptId(job, 1);
    }
  }

  @Test
  void everyChangeOfStateIsDrawnAndNoOther() throws IOException {
    String page = Files.readString(House.root().resolve("docs/architecture/README.md"));
    Set<String> drawn = new TreeSet<>();
    Matcher edge = DRAWN.matcher(page);
    while (edge.find()) {
      drawn.add(edge.group(1) + " --> " + edge.group(2));
    }

    Set<String> found = new TreeSet<>(Set.of("[*] --> WAITING", "[*] --> REFUSED"));
    Arrays.stream(JobState.values())
        .parallel()
        .map(this::changesFrom)
        .forEach(edges -> {
          synchronized (found) {
            found.addAll(edges);
          }
        });

    assertThat(drawn).containsExactlyInAnyOrderElementsOf(found);
    assertThat(terminal()).noneMatch(state -> found.stream().anyMatch(e -> e.startsWith(state)));
  }

  private static List<String> terminal() {
    return Arrays.stream(JobState.values())
        .filter(state -> state.kind() == JobState.Kind.TERMINAL)
        .map(state -> state + " ")
        .toList();
  }

  private Set<String> changesFrom(JobState state) {
    Set<String> edges = new TreeSet<>();
    try (Journal journal = SqlJournal.sqlite(folder.resolve(state + ".db"))) {
      Story story = new Story(journal);
      story.done(new Transition.DeployFunction(Story.function(Story.RESIZE, 1), List.of()));
      story.host(100_000);
      int tries = transitions(story, reach(story, state, "count")).size();
      for (int i = 0; i < tries; i++) {
        Case made = reach(story, state, "key-" + i);
        assertThat(story.state(made.job())).isEqualTo(state);
        Commit commit = journal.commit(transitions(story, made).get(i));
        JobState next = story.state(made.job());
        if (commit instanceof Commit.Committed && next != state) {
          edges.add(state + " --> " + next);
        }
      }
    }
    return edges;
  }

  private static Case reach(Story story, JobState state, String key) {
    return switch (state) {
      case WAITING -> new Case(story.admitted(key), 0, null);
      case REFUSED -> refused(story, key);
      case PLACED -> placed(story, key);
      case STAGED -> {
        Case made = placed(story, key);
        story.done(story.staging(made.job(), 1, made.token()));
        yield made;
      }
      case RUNNING -> running(story, key);
      case DEAD, SUPERSEDED, INPUT_GONE -> ended(story, key, new Next.Ended(state, "ended"));
      case PRODUCED -> ended(story, key, new Next.Produced());
      case PUBLISHING -> publishing(story, key);
      case SUCCEEDED -> then(story, publishing(story, key), Story::published);
      case CANCELLED ->
          then(
              story,
              new Case(story.admitted(key), 0, null),
              job -> new Transition.CancelJob(Story.TENANT, job, "stop", Story.T0));
      case DISCARDED ->
          then(
              story,
              refused(story, key),
              job -> new Transition.DiscardJob(Story.TENANT, job, "no", Story.T0));
    };
  }

  private static Case then(
      Story story, Case made, java.util.function.Function<JobId, Transition> more) {
    story.done(more.apply(made.job()));
    return made;
  }

  private static Case refused(Story story, String key) {
    var admission = story.admission(Story.RESIZE, key, 1, "a loop");
    story.done(story.decision(story.noticed(Story.TENANT, key), key, admission));
    return new Case(admission.job(), 0, null);
  }

  private static Case placed(Story story, String key) {
    JobId job = story.admitted(key);
    return new Case(job, story.placed(job, 1, Story.slice(Story.GPU, 10, 1)), null);
  }

  private static Case running(Story story, String key) {
    Story.Running running = story.running(key);
    return new Case(running.job(), running.token(), running.run());
  }

  private static Case ended(Story story, String key, Next next) {
    Case made = running(story, key);
    story.done(Story.ending(made.attempt(), made.token(), made.run(), next));
    return made;
  }

  private static Case publishing(Story story, String key) {
    return then(story, ended(story, key, new Next.Produced()), Story::publication);
  }

  private static List<Transition> transitions(Story story, Case made) {
    JobId job = made.job();
    RunId run = made.run() == null ? story.run() : made.run();
    List<Transition> all = new ArrayList<>();
    all.add(story.placement(job, 1, Story.slice(Story.GPU, 10, 1)));
    all.add(story.staging(job, 1, made.token()));
    all.add(story.claim(job, 1, made.token(), run));
    all.add(Story.publication(job));
    all.add(Story.published(job));
    all.add(new Transition.CancelJob(Story.TENANT, job, "stop", Story.T0));
    all.add(new Transition.RedriveJob(Story.TENANT, job, Story.T0));
    all.add(new Transition.DiscardJob(Story.TENANT, job, "no", Story.T0));
    for (Next next : nexts(made.run() != null)) {
      all.add(Story.ending(made.attempt(), made.token(), made.run(), next));
    }
    for (End end : ENDS) {
      all.add(new Transition.EndJob(Story.TENANT, job, end.from(), end.to(), "end", Story.T0));
    }
    return all;
  }

  /** Only a run's own word says what became of its function; unclaimed, an attempt says nothing. */
  private static List<Next> nexts(boolean ofARun) {
    List<Next> nexts = new ArrayList<>();
    nexts.add(new Next.Retry(Story.T0, true, "again"));
    if (ofARun) {
      nexts.add(new Next.Produced());
    }
    for (JobState end : ofARun ? ENDS_OF_A_RUN : ENDS_UNCLAIMED) {
      nexts.add(new Next.Ended(end, "end"));
    }
    return nexts;
  }

  private static Set<End> endsWritten() {
    Set<End> ends = new LinkedHashSet<>();
    for (List<JobState> states : written("EndJob", "")) {
      ends.add(new End(states.get(0), states.get(1)));
    }
    return ends;
  }

  private static Set<JobState> statesIn(String type, String method) {
    Set<JobState> states = new TreeSet<>();
    written(type, method).forEach(states::addAll);
    return states;
  }

  /** States that are written where a value of this type is made, in this method or in any. */
  private static List<List<JobState>> written(String type, String method) {
    List<List<JobState>> found = new ArrayList<>();
    TreeScanner<Void, String> scanner =
        new TreeScanner<>() {
          @Override
          public Void visitMethod(MethodTree visited, String outer) {
            return super.visitMethod(visited, visited.getName().toString());
          }

          @Override
          public Void visitNewClass(NewClassTree made, String in) {
            String name = made.getIdentifier().toString();
            if ((name.equals(type) || name.endsWith("." + type))
                && (method.isEmpty() || method.equals(in))) {
              List<JobState> states = states(made.getArguments());
              if (!states.isEmpty()) {
                found.add(states);
              }
            }
            return super.visitNewClass(made, in);
          }
        };
    for (Sources.Unit unit : Sources.units()) {
      if (House.within(unit.packageName(), "dev.millrace.orch")) {
        scanner.scan(unit.tree(), "");
      }
    }
    return found;
  }

  private static List<JobState> states(List<? extends ExpressionTree> arguments) {
    return arguments.stream()
        .map(argument ->
            Arrays.stream(JobState.values())
                .filter(state -> argument.toString().equals("JobState." + state))
                .findFirst()
                .orElse(null))
        .filter(Objects::nonNull)
        .toList();
  }
}
