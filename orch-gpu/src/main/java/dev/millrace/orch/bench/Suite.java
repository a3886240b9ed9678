package dev.millrace.orch.bench;

import java.io.IOException;
import java.util.List;

/** What is measured together. */
public sealed interface Suite
    permits MatchSuite, LedgerSuite, StoreSuite, IntakeSuite, PipelineSuite {
  /** All, in the order of {@code bench all}. */
  static List<Suite> all() {
    return List.of(
        new PipelineSuite(),
        new IntakeSuite(),
        new MatchSuite(),
        new StoreSuite(),
        new LedgerSuite());
  }

  /** Its name on the command line. */
  String name();

  /** Adds its figures. */
  void measure(Bench bench) throws IOException, InterruptedException;
}
