package dev.millrace.orch.api;

import dev.millrace.orch.api.view.EntryView;
import dev.millrace.orch.api.view.LedgerPage;
import dev.millrace.orch.api.view.VerifyRequest;
import dev.millrace.orch.api.view.VerifyView;
import dev.millrace.orch.desk.FrontDesk;
import dev.millrace.schema.ledger.Checkpoint;
import java.io.IOException;
import java.util.List;

/** The ledger, for those who want to check it. */
final class LedgerRoutes {
  private static final String LIST = "ledger";

  private final FrontDesk desk;

  LedgerRoutes(FrontDesk desk) {
    this.desk = desk;
  }

  void add(Router router) {
    router.get("/v1/ledger/entries", Router.Need.READ, this::entries);
    router.get("/v1/ledger/checkpoint", Router.Need.READ, x -> x.answer(200, desk.checkpoint()));
    router.post("/v1/ledger/verify", Router.Need.READ, this::verify);
    router.get("/v1/ledger/proofs/{index}", Router.Need.READ, this::prove);
  }

  private void entries(Exchange exchange) throws IOException {
    String cursor = Pages.from(exchange, LIST);
    long from =
        cursor == null
            ? exchange.query("from", 0, 0, Long.MAX_VALUE - 10_000)
            : Long.parseLong(cursor);
    int max = Pages.max(exchange, Pages.USUAL);
    List<EntryView> entries = desk.ledger().entries(from, max).stream().map(EntryView::of).toList();
    if (entries.size() < max) {
      exchange.answer(200, new LedgerPage(entries, null));
      return;
    }
    String next = Cursor.of(LIST, Long.toString(from + max));
    exchange.next(next);
    exchange.answer(200, new LedgerPage(entries, next));
  }

  private void verify(Exchange exchange) throws IOException {
    VerifyRequest asked = exchange.json(VerifyRequest.class);
    String note = asked.checkpoint();
    Checkpoint trusted = note == null ? null : CheckpointNote.parse(note);
    exchange.answer(200, VerifyView.of(desk.ledger().verify(trusted)));
  }

  private void prove(Exchange exchange) throws IOException {
    String text = exchange.path("index");
    if (!text.matches("[0-9]{1,18}")) {
      throw Refusal.badRequest("entries are numbered from 0, found: '" + text + "'");
    }
    exchange.answer(
        200,
        desk.ledger()
            .prove(Long.parseLong(text))
            .orElseThrow(() ->
                Refusal.noSuch(
                    "ledger entry " + text, "GET /v1/ledger/checkpoint tells how many are")));
  }
}
