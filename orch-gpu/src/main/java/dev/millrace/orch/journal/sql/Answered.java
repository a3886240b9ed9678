package dev.millrace.orch.journal.sql;

import dev.millrace.orch.journal.Commit;
import dev.millrace.orch.journal.Handed;
import java.time.Duration;
import java.util.Optional;

/** A transition that the writer has. */
record Answered(Writer.Answer<Commit> answer) implements Handed {
  @Override
  public Commit await() {
    return answer.await();
  }

  @Override
  public Optional<Commit> await(Duration patience) {
    return answer.await(patience);
  }
}
