package dev.millrace.orch.command;

import dev.millrace.orch.api.view.WebhookView;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.schema.object.StoreId;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says how a store is made to tell of new objects, or which stores can. */
@Command(
    name = "webhook",
    description = {
      "Show where a store sends its notices, with its token and the commands to set it up.",
      "Without a store, list what came from each."
    },
    footer = {"", "Example:", "  millrace webhook minio.default"})
final class WebhookCommand implements Callable<Integer> {
  private final Setting setting;

  @Mixin Common common = new Common();

  @Parameters(
      arity = "0..1",
      paramLabel = "STORE",
      description = "A store as millrace.yaml names it, for instance minio.default.")
  @Nullable String store;

  @Option(
      names = "--reach",
      paramLabel = "URL",
      description = "Where the store reaches the coordinator (default: where this command does).")
  @Nullable URI reach;

  WebhookCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws IOException {
    try (CoordinatorClient client = common.connect(setting)) {
      List<WebhookView> webhooks = client.webhooks();
      Terminal terminal = common.terminal(setting);
      if (store == null) {
        list(webhooks, terminal);
        return Exit.OK;
      }
      WebhookView webhook = named(webhooks, store);
      if (common.json) {
        common.json(setting, webhook);
      } else {
        URI base = reach == null ? common.where(setting) : reach;
        new WebhookSheet(webhook, base, token(webhook)).print(terminal);
      }
      return Exit.OK;
    }
  }

  private void list(List<WebhookView> webhooks, Terminal terminal) {
    if (common.json) {
      common.json(setting, webhooks);
      return;
    }
    if (webhooks.isEmpty()) {
      terminal.line("No other store is configured under 'stores' in millrace.yaml.");
      return;
    }
    Table table =
        new Table(
            Table.Column.flexible("STORE"),
            Table.Column.right("KEPT"),
            Table.Column.right("NOBODY'S"),
            Table.Column.right("PASSED"),
            Table.Column.right("REFUSED"),
            Table.Column.left("LAST"));
    for (WebhookView webhook : webhooks) {
      table.row(
          webhook.store(),
          webhook.kept(),
          webhook.nobodys(),
          webhook.passed(),
          webhook.malformed() + webhook.strangers() + webhook.notKept(),
          webhook.lastAt() == null ? "-" : webhook.lastAt());
    }
    table.print(terminal);
  }

  private static WebhookView named(List<WebhookView> webhooks, String store) {
    return webhooks.stream()
        .filter(webhook -> webhook.store().equals(store))
        .findFirst()
        .orElseThrow(() -> unknown(webhooks.stream().map(WebhookView::store).toList(), store));
  }

  private static Mistake unknown(List<String> configured, String store) {
    String how = " under 'stores' in the coordinator's millrace.yaml, and restart the coordinator";
    if (store.equals(StoreId.EMBEDDED.toString())) {
      return Mistake.failed(
          "store '"
              + store
              + "' is the coordinator's own, which tells of objects without a webhook");
    }
    return Mistake.failed(
        "no store '"
            + store
            + "' is configured"
            + (configured.isEmpty()
                ? ", nor any other: name it, as 'type.id'," + how
                : ": give one of " + String.join(", ", configured) + ", or name it" + how));
  }

  private String token(WebhookView webhook) {
    Path file = Path.of(webhook.tokenFile());
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw Mistake.token(
          "the webhook's token is in "
              + file
              + " on the coordinator's machine, which cannot be read here: ask there");
    }
  }
}
