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
import dev.millrace.orch.rig.MemoryStore;
import dev.millrace.schema.function.DeployedFunction;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.object.ListedObject;
import dev.millrace.schema.object.Notice;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.VersionTag;
import dev.millrace.triggers.listing.ListingSource;
import dev.millrace.triggers.listing.SweepCheckpoint;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class IntakeTest {
  private static final FunctionRef BLUR = new FunctionRef(TENANT, new FunctionName("blur"));

  private static final Instant LATER = T0.plusSeconds(60);

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

  /** Nobody decides: the store refuses to be asked, say. */
  @Test
  void aRowThatWaitsIsNotNotedAgainAndANewerOneIs() throws Exception {
    try (Journal journal = SqlJournal.sqlite(folder.resolve("journal.db"))) {
      Story story = new Story(journal);
      story.done(new DeployFunction(Story.function(RESIZE, 1), List.of()));
      Intake intake = new Intake(new Catalog(journal), journal, new Recorder(journal), new Bell());
      MemoryStore store = new MemoryStore(() -> T0);
      store.put(BUCKET, "a.fa", "1");
      store.put(BUCKET, "b.fa", "1");
      for (int i = 0; i < 5; i++) {
        sweep(store, intake);
      }
      assertThat(journal.pendingNotices(0, 99)).hasSize(2);

      store.put(BUCKET, "b.fa", "another");
      sweep(store, intake);
      sweep(store, intake);
      assertThat(journal.pendingNotices(0, 99))
          .extracting(one -> one.notice().object().key())
          .containsExactly("a.fa", "b.fa", "b.fa");
    }
  }

  /** An event names a version, or none; the listing cannot know which. */
  @Test
  void whatAnEventToldIsNotedByAListingOnceAndAnEventAlways() throws Exception {
    try (Journal journal = SqlJournal.sqlite(folder.resolve("journal.db"))) {
      Story story = new Story(journal);
      story.done(new DeployFunction(Story.function(RESIZE, 1), List.of()));
      Intake intake = new Intake(new Catalog(journal), journal, new Recorder(journal), new Bell());
      MemoryStore store = new MemoryStore(() -> T0);
      store.put(BUCKET, "a.fa", "1");
      ObjectName name = new ObjectName(STORE, BUCKET, "a.fa");
      Notice event = new Notice("webhook", name, new VersionTag.Generation(7), LATER);
      intake.accept(List.of(event));
      sweep(store, intake);
      sweep(store, intake);
      intake.accept(List.of(event, new Notice("webhook", name, null, LATER)));

      assertThat(journal.pendingNotices(0, 99))
          .extracting(one -> one.notice().source())
          .containsExactly("webhook", ListingSource.NAME, "webhook", "webhook");
    }
  }

  /** What waited before may be under decision without it. */
  @Test
  void whatWaitsIsNotedOnceMoreForAFunctionThatIsDeployedLater() throws Exception {
    try (Journal journal = SqlJournal.sqlite(folder.resolve("journal.db"))) {
      Story story = new Story(journal);
      story.done(new DeployFunction(Story.function(RESIZE, 1), List.of()));
      Catalog catalog = new Catalog(journal);
      Intake intake = new Intake(catalog, journal, new Recorder(journal), new Bell());
      MemoryStore store = new MemoryStore(() -> T0);
      store.put(BUCKET, "a.fa", "1");
      sweep(store, intake);
      DeployedFunction blur = Story.function(BLUR, 1);
      Instant deployed = LATER.plusSeconds(1);
      story.done(
          new DeployFunction(
              new DeployedFunction(BLUR, 1, blur.spec(), blur.files(), deployed), List.of()));
      catalog.refresh();
      for (int i = 0; i < 3; i++) {
        sweep(store, intake, deployed.plusSeconds(1));
      }

      assertThat(journal.pendingNotices(0, 99)).hasSize(2);
    }
  }

  private static void sweep(MemoryStore store, Intake intake) throws Exception {
    sweep(store, intake, LATER);
  }

  private static void sweep(MemoryStore store, Intake intake, Instant now) throws Exception {
    SweepCheckpoint none =
        new SweepCheckpoint() {
          @Override
          public String token() {
            return "";
          }

          @Override
          public void keep(String token) {}
        };
    new ListingSource(store, new ListingSource.Place(BUCKET, ""), intake, intake, none, () -> now)
        .sweep();
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
