package dev.millrace.orch.command;

import dev.millrace.orch.api.view.EntryView;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.ledger.Receipt;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Shows a ledger entry. */
@Command(
    name = "show",
    description = "Show one entry with its receipt.",
    footer = {"", "Example:", "  millrace ledger show 17"})
final class LedgerShowCommand implements Callable<Integer> {
  private final Setting setting;

  @Mixin Common common = new Common();

  @Parameters(paramLabel = "INDEX", description = "The entry's number, from 0.")
  long index;

  LedgerShowCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws IOException {
    if (index < 0) {
      throw Mistake.usage("entries are numbered from 0, found: " + index);
    }
    try (CoordinatorClient client = common.connect(setting)) {
      List<EntryView> entries = client.entries(index, 1).entries();
      if (entries.isEmpty()) {
        throw Mistake.failed(
            "there is no entry " + index + ": 'millrace ledger list' shows those that are");
      }
      if (common.json) {
        common.json(setting, entries.getFirst());
      } else {
        print(entries.getFirst());
      }
      return Exit.OK;
    }
  }

  private void print(EntryView entry) {
    field("entry", entry.index());
    field("leaf", entry.leafHash());
    field("job", entry.job());
    field("try", entry.attempt());
    field("staged", entry.stagedAt());
    field("ended", entry.endedAt());
    EntryView.Billed billed = entry.billed();
    field("billed", billed == null ? "nothing" : Words.money(billed));
    field("evidence", entry.evidence());
    String reason = entry.reason();
    if (reason != null) {
      field("reason", reason);
    }
    Receipt receipt = entry.receipt();
    if (receipt != null) {
      setting.terminal().line("");
      setting.terminal().line(common.terminal(setting).paint(Paint.STRONG, "Receipt"));
      Json.pretty(receipt)
          .lines()
          .flatMap(line -> Words.wrap(line, setting.terminal().columns()).stream())
          .forEach(setting.terminal()::line);
    }
  }

  private void field(String name, Object value) {
    List<String> lines =
        Words.wrap(String.valueOf(value), Math.max(20, setting.terminal().columns() - 10));
    setting.terminal().line(String.format("%-10s", name) + lines.getFirst());
    lines.stream().skip(1).forEach(line -> setting.terminal().line(" ".repeat(10) + line));
  }
}
