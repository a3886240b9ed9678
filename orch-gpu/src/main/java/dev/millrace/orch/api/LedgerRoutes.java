package dev.millrace.orch.api;

import dev.millrace.orch.api.view.EntryView;
import dev.millrace.orch.api.view.LedgerPage;
import dev.millrace.orch.api.view.ProblemView;
import dev.millrace.orch.api.view.VerifyProgress;
import dev.millrace.orch.api.view.VerifyRequest;
import dev.millrace.orch.api.view.VerifyView;
import dev.millrace.orch.desk.FrontDesk;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.ledger.Checkpoint;
import dev.millrace.schema.ledger.Ledger.Verification;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** The ledger, for those who want to check it. */
final class LedgerRoutes {
  private static final String LIST = "ledger";
  private static final String LINES = "application/x-ndjson";

  private static final String JSON = "application/json";

  /** So often a client that waits is written to. */
  private static final Duration ALIVE = Duration.ofSeconds(1);

  private final FrontDesk desk;
  private final Verifications verifications;

  LedgerRoutes(FrontDesk desk, Verifications verifications) {
    this.desk = desk;
    this.verifications = verifications;
  }

  void add(Router router) {
    router.get("/v1/ledger/entries", Router.Need.READ, this::entries, "max", "cursor", "from");
    router.get("/v1/ledger/checkpoint", Router.Need.READ, x -> x.answer(200, desk.checkpoint()));
    router.get("/v1/ledger/key", Router.Need.READ, x -> x.answer(200, desk.ledger().publicKey()));
    router.post("/v1/ledger/verify", Router.Need.READ, this::verify, "progress");
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
    boolean progress = exchange.flag("progress");
    long size = progress ? size() : 0;
    try (Verifications.Listening listening = verifications.listen(trusted)) {
      if (progress) {
        tellProgress(exchange, listening, size);
      } else {
        answer(exchange, listening);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while the ledger was verified");
    }
  }

  /**
   * As far as it is known: a ledger that is damaged signs nothing, and is verified all the same.
   */
  private long size() {
    try {
      return desk.ledger().checkpoint().size();
    } catch (IOException e) {
      return 0;
    }
  }

  private static void tellProgress(Exchange exchange, Verifications.Listening listening, long size)
      throws IOException, InterruptedException {
    try (OutputStream out = exchange.open(LINES)) {
      line(out, VerifyProgress.of(0, size));
      Verifications.News news = listening.await(0, ALIVE);
      while (news instanceof Verifications.News.Underway(long done)) {
        line(out, VerifyProgress.of(done, Math.max(done, size)));
        news = listening.await(done, ALIVE);
      }
      line(out, VerifyProgress.of(found(news)));
    }
  }

  /** Empty lines before JSON mean nothing; by them it is noticed when the client goes. */
  private static void answer(Exchange exchange, Verifications.Listening listening)
      throws IOException, InterruptedException {
    Verifications.News news = listening.await(Long.MAX_VALUE, ALIVE);
    if (!(news instanceof Verifications.News.Underway)) {
      exchange.answer(200, found(news));
      return;
    }
    try (OutputStream out = exchange.open(JSON)) {
      while (news instanceof Verifications.News.Underway) {
        write(out, "\n");
        news = listening.await(Long.MAX_VALUE, ALIVE);
      }
      write(
          out,
          Json.text(
              news instanceof Verifications.News.BrokenOff(Throwable cause)
                  ? problem(cause)
                  : found(news)));
    }
  }

  /** What would have been answered, had the answer not begun. */
  private static ProblemView problem(Throwable cause) {
    return cause instanceof Refusal refusal
        ? refusal.problem()
        : Refusal.of(
                500,
                "Not verified",
                "the ledger was not verified: " + cause.getMessage(),
                "look into the coordinator's log, and ask again")
            .problem();
  }

  private static VerifyView found(Verifications.News end) throws IOException {
    return switch (end) {
      case Verifications.News.Found(Verification verification) -> VerifyView.of(verification);
      case Verifications.News.BrokenOff(Refusal refusal) -> throw refusal;
      case Verifications.News.BrokenOff(Throwable cause) ->
          throw new IOException("the ledger was not verified: " + cause.getMessage(), cause);
      case Verifications.News.Underway underway ->
          throw new IllegalStateException("it has not ended: " + underway);
    };
  }

  private static void line(OutputStream out, VerifyProgress progress) throws IOException {
    write(out, Json.text(progress) + "\n");
  }

  /** A client that has gone is noticed by this. */
  private static void write(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
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
