package dev.millrace.orch.journal;

/** What the parts of the contract speak to. */
interface JournalUnderTest {
  /** An open journal, empty before each test. */
  Journal journal();

  /** The same, with short words. */
  Story story();

  /** The same journal as another coordinator has it, who closes it. */
  Journal beside();
}
