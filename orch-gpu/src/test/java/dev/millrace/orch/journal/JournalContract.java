package dev.millrace.orch.journal;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Everything that a journal promises; each implementation is a subclass that opens one. */
public abstract class JournalContract
    implements IntakeContract,
        DeploysContract,
        PlacementContract,
        AttemptContract,
        PublicationContract,
        JobContract,
        FleetContract,
        SecretContract,
        TokenContract,
        RetentionContract,
        RetentionTimesContract,
        ConcurrencyContract,
        RandomContract,
        SeveralContract {
  private Journal journal;
  private Story story;

  /** A new, empty journal. */
  protected abstract Journal open();

  /** In this process alone, where only one may have it. */
  @Override
  public Journal beside() {
    return journal;
  }

  @BeforeEach
  void openJournal() {
    journal = open();
    story = new Story(journal);
  }

  @AfterEach
  void closeJournal() {
    journal.close();
  }

  @Override
  public Journal journal() {
    return journal;
  }

  @Override
  public Story story() {
    return story;
  }
}
