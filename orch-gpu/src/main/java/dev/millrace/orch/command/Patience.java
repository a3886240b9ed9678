package dev.millrace.orch.command;

import dev.millrace.orch.client.Transfer;
import dev.millrace.schema.time.Ticker;
import java.time.Duration;
import picocli.CommandLine.Option;

/** How long a transfer may stand still. */
final class Patience {
  @Option(
      names = "--stall-timeout",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = {
        "After so long without a byte a connection is taken for dead, and what it was for is tried"
            + " again, five times in all (default: ${DEFAULT-VALUE})."
      })
  int seconds = 60;

  /** The caller closes it. */
  Transfer transfer() {
    if (seconds < 1 || seconds > 86_400) {
      throw Mistake.usage("--stall-timeout must be 1..86400 seconds, found: " + seconds);
    }
    return new Transfer(Duration.ofSeconds(seconds), Ticker.system());
  }
}
