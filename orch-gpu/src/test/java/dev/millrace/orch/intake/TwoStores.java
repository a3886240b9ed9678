package dev.millrace.orch.intake;

import static dev.millrace.orch.journal.Story.BUCKET;
import static dev.millrace.orch.journal.Story.RESIZE;
import static dev.millrace.orch.journal.Story.TENANT;

import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.Story;
import dev.millrace.orch.journal.Transition.DeployFunction;
import dev.millrace.orch.journal.sql.SqlJournal;
import dev.millrace.schema.function.InputRule;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.object.StoreId;
import java.nio.file.Path;
import java.util.List;

/** A journal with two functions that read from two stores. */
final class TwoStores {
  static final StoreId FAR = new StoreId("minio.far");

  private static final FunctionRef BLUR = new FunctionRef(TENANT, new FunctionName("blur"));

  private TwoStores() {}

  /** With nothing but these. */
  static Journal journal(Path folder) {
    Journal journal = SqlJournal.sqlite(folder.resolve("journal.db"));
    Story story = new Story(journal);
    story.done(new DeployFunction(Story.function(RESIZE, 1), List.of()));
    InputRule far = new InputRule(FAR, BUCKET, "", List.of(), List.of(".fa"));
    story.done(new DeployFunction(Story.function(BLUR, 1, far), List.of()));
    return journal;
  }
}
