package dev.millrace.orch.intake;

import static dev.millrace.orch.journal.Story.BUCKET;
import static dev.millrace.orch.journal.Story.RESIZE;
import static dev.millrace.orch.journal.Story.STORE;
import static dev.millrace.orch.journal.Story.T0;
import static dev.millrace.orch.journal.Story.TENANT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.Story;
import dev.millrace.orch.journal.Transition.DecideNotice;
import dev.millrace.orch.journal.Transition.DeployFunction;
import dev.millrace.orch.journal.sql.SqlJournal;
import dev.millrace.orch.observe.Bell;
import dev.millrace.orch.observe.Recorder;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.object.ListedObject;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.VersionTag;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class IntakeTest {
  private static final FunctionRef BLUR = new FunctionRef(TENANT, new FunctionName("blur"));

  @TempDir Path folder;

  @Test
  void aListedObjectIsKnownWhenEachFunctionThatTakesItHasDecidedThisVersion() {
    try (Journal journal = SqlJournal.sqlite(folder.resolve("journal.db"))) {
      Story story = new Story(journal);
      story.done(new DeployFunction(Story.function(RESIZE, 1), List.of()));
      story.done(new DeployFunction(Story.function(BLUR, 1), List.of()));
      ListedObject both = row("both.fa");
      ListedObject one = row("one.fa");
      ListedObject changed = row("changed.fa");
      decided(story, both, List.of(RESIZE, BLUR));
      decided(story, one, List.of(RESIZE));
      decided(story, new ListedObject("changed.fa", "old", 3, T0), List.of(RESIZE, BLUR));
      Intake intake = new Intake(new Catalog(journal), journal, new Recorder(journal), new Bell());
      List<ListedObject> page = List.of(both, changed, row("new.fa"), row("none.txt"), one);

      assertThat(intake.unknown(STORE, BUCKET, page))
          .extracting(ListedObject::key)
          .containsExactly("changed.fa", "new.fa", "one.fa");
      assertThat(intake.unknown(STORE, "elsewhere", page)).isEmpty();
      assertThat(intake.unknown(STORE, BUCKET, List.of())).isEmpty();
    }
  }

  private static ListedObject row(String key) {
    return new ListedObject(key, "e", 3, T0);
  }

  private static void decided(Story story, ListedObject row, List<FunctionRef> functions) {
    story.done(
        new DecideNotice(
            TENANT,
            story.noticed(TENANT, row.key()),
            new ObjectName(STORE, BUCKET, row.key()),
            row.alias(),
            new VersionTag.Generation(1),
            story.deploys(TENANT),
            Set.copyOf(functions),
            List.of(),
            List.of(),
            "decided",
            T0));
  }
}
