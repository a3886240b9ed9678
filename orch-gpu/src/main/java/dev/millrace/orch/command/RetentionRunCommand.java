package dev.millrace.orch.command;

import dev.millrace.orch.api.view.RoundView;
import dev.millrace.orch.client.CoordinatorClient;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Removes what is due. */
@Command(
    name = "run",
    description = {
      "Remove now what is due by the rules of millrace.yaml, without waiting for the next round.",
      "It may be stopped at any moment: what is decided is finished by the next round."
    },
    footer = {"", "Example:", "  millrace retention run"})
final class RetentionRunCommand implements Callable<Integer> {
  private final Setting setting;

  @Mixin Common common = new Common();

  @Option(
      names = "--trust-clock",
      description =
          "The coordinator's clock is right: go by it at once, where it is ahead of what has"
              + " passed.")
  boolean trustClock;

  RetentionRunCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws IOException {
    try (CoordinatorClient client = common.connect(setting)) {
      RoundView all = client.runRetention(trustClock);
      RoundView round = all;
      while (round.more() && round.anything()) {
        round = client.runRetention(false);
        all = all.and(round);
      }
      if (common.json) {
        common.json(setting, all);
      } else {
        tell(common.terminal(setting), all);
      }
      return all.troubles().isEmpty() ? Exit.OK : Exit.FAILED;
    }
  }

  /** What a round did, each on a line. */
  static void tell(Terminal terminal, RoundView round) {
    terminal.line(
        "  removed  logs of "
            + Words.count(round.logs())
            + " jobs, "
            + Words.size(round.logBytes())
            + "; attempts and steps of "
            + Words.count(round.jobs()));
    terminal.line(
        "           notices "
            + Words.count(round.notices())
            + ", leases "
            + Words.count(round.leases())
            + ", carried entries "
            + Words.count(round.entries()));
    for (String trouble : round.troubles()) {
      String mark = "  stays    ";
      for (String line : Words.wrap(trouble, terminal.columns() - mark.length())) {
        terminal.line(mark + line);
        mark = " ".repeat(mark.length());
      }
    }
  }
}
