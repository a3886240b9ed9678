package dev.millrace.orch.command;

import dev.millrace.orch.api.view.EntryView;
import dev.millrace.orch.api.view.LedgerPage;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.schema.ledger.Receipt;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists ledger entries. */
@Command(
    name = "list",
    description = "List entries, oldest first.",
    footer = {"", "Example:", "  millrace ledger list --from 100 --limit 50"})
final class LedgerListCommand implements Callable<Integer> {
  private final Setting setting;

  @Mixin Common common = new Common();

  @Option(
      names = "--from",
      paramLabel = "INDEX",
      defaultValue = "0",
      description = "First entry (default: ${DEFAULT-VALUE}).")
  long from;

  @Option(
      names = {"--limit", "--max"},
      paramLabel = "N",
      defaultValue = "20",
      description = "At most so many, up to 1000 (default: ${DEFAULT-VALUE}).")
  int max = 20;

  LedgerListCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws IOException {
    if (from < 0 || max < 1 || max > 1000) {
      throw Mistake.usage("--from must be 0 or more, and --limit 1..1000");
    }
    try (CoordinatorClient client = common.connect(setting)) {
      LedgerPage page = client.entries(from, max);
      Terminal terminal = common.terminal(setting);
      if (common.json) {
        common.json(setting, page.entries());
      } else if (page.entries().isEmpty()) {
        terminal.line("There are no entries from " + from + " on.");
      } else {
        table(page).print(terminal);
        if (page.next() != null) {
          terminal.line(
              terminal.paint(
                  Paint.FAINT,
                  "There may be more: --from " + (page.entries().getLast().index() + 1) + "."));
        }
      }
      return Exit.OK;
    }
  }

  private static Table table(LedgerPage page) {
    ShortIds ids = ShortIds.of(page.entries().stream().map(EntryView::job).toList());
    Table table =
        new Table(
            Table.Column.right("ENTRY"),
            Table.Column.left("JOB"),
            Table.Column.right("TRY"),
            Table.Column.left("OUTCOME"),
            Table.Column.right("TIME"),
            Table.Column.right("BILLED"),
            Table.Column.flexible("PROVIDER"));
    for (EntryView entry : page.entries()) {
      Receipt receipt = entry.receipt();
      EntryView.Billed billed = entry.billed();
      table.row(
          entry.index(),
          ids.of(entry.job()),
          entry.attempt(),
          receipt == null ? entry.evidence() : receipt.outcome(),
          Words.took(Duration.between(entry.stagedAt(), entry.endedAt())),
          billed == null ? "-" : Words.money(billed),
          receipt == null ? "-" : receipt.provider());
    }
    return table;
  }
}
