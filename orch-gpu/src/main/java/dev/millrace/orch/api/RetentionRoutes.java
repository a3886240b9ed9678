package dev.millrace.orch.api;

import dev.millrace.orch.api.view.RetentionView;
import dev.millrace.orch.api.view.RoundView;
import dev.millrace.orch.retention.RetentionDesk;
import dev.millrace.orch.retention.RetentionDesk.Asked;
import dev.millrace.orch.retention.Round;
import dev.millrace.orch.retention.Rules;
import java.io.IOException;
import java.io.InterruptedIOException;

/** What is removed after a while: told, and done now. */
final class RetentionRoutes {
  private final RetentionDesk desk;

  RetentionRoutes(RetentionDesk desk) {
    this.desk = desk;
  }

  void add(Router router) {
    router.get("/v1/retention", Router.Need.ADMIN, this::tell, "logs", "notices", "jobs");
    router.post("/v1/retention/run", Router.Need.ADMIN, this::run, "trustClock");
  }

  private void tell(Exchange exchange) {
    Rules rules = desk.rules();
    exchange.answer(200, RetentionView.of(rules, desk.due(asked(exchange, rules)), desk.last()));
  }

  /** What is not asked for is as it is configured. */
  private static Rules asked(Exchange exchange, Rules configured) {
    try {
      return Rules.of(
          exchange.query("logs").orElse(Rules.text(configured.logs())),
          exchange.query("notices").orElse(Rules.text(configured.notices())),
          exchange.query("jobs").orElse(Rules.text(configured.jobs())));
    } catch (IllegalArgumentException e) {
      throw Refusal.badRequest(String.valueOf(e.getMessage()));
    }
  }

  private void run(Exchange exchange) throws IOException {
    boolean trust = exchange.flag("trustClock");
    switch (asked(trust)) {
      case Asked.Done(Round round) -> exchange.answer(200, RoundView.of(round));
      case Asked.Off() ->
          throw Refusal.of(
              409,
              "Off",
              "retention is off: the configuration has nothing removed",
              "say what is kept for how long in millrace.yaml, for instance"
                  + " 'retention: {logs: 30d}', and restart");
      case Asked.Busy() ->
          throw Refusal.of(
              409,
              "Not now",
              "another round of retention is under way",
              "ask again when it is done; GET /v1/retention tells what the last one did");
    }
  }

  private Asked asked(boolean trust) throws IOException {
    try {
      return desk.run(trust);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while removing; what is open goes on later");
    }
  }
}
