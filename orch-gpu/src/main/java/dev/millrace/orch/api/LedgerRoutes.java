package dev.millrace.orch.api;

import dev.millrace.orch.api.view.EntryView;
import dev.millrace.orch.api.view.LedgerPage;
import dev.millrace.orch.api.view.VerifyProgress;
import dev.millrace.orch.api.view.VerifyRequest;
import dev.millrace.orch.api.view.VerifyView;
import dev.millrace.orch.desk.FrontDesk;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.ledger.Checkpoint;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.LongConsumer;

/** The ledger, for those who want to check it. */
final class LedgerRoutes {
  private static final String LIST = "ledger";
  private static final String LINES = "application/x-ndjson";

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
    if (exchange.query("progress").filter("true"::equals).isEmpty()) {
      exchange.answer(200, VerifyView.of(desk.ledger().verify(trusted)));
      return;
    }
    long size = desk.ledger().checkpoint().size();
    try (OutputStream out = exchange.open(LINES)) {
      line(out, VerifyProgress.of(0, size));
      LongConsumer told = done -> line(out, VerifyProgress.of(done, size));
      line(out, VerifyProgress.of(VerifyView.of(desk.ledger().verify(trusted, told))));
    }
  }

  /** A client that has gone ends the reading by this. */
  private static void line(OutputStream out, VerifyProgress progress) {
    try {
      out.write((Json.text(progress) + "\n").getBytes(StandardCharsets.UTF_8));
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("nobody waits for the verification", e);
    }
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
