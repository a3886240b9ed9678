package dev.millrace.orch.api;

import dev.millrace.orch.fleet.CallProofs;
import dev.millrace.orch.fleet.CallProofs.Asked;
import dev.millrace.orch.fleet.CallProofs.Outcome;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.run.Call;
import io.javalin.http.Context;
import java.io.IOException;
import java.util.Objects;

/** Calls of providers, for whom a token alone is not enough. */
record ProvenCalls(CallProofs proofs) {
  /**
   * The body of a call that the provider's own key signed.
   *
   * @throws Refusal when it did not
   */
  byte[] body(Exchange exchange, ProviderId provider) throws IOException {
    Context context = exchange.context();
    byte[] body = exchange.body();
    String query = context.queryString();
    String request = context.method() + " " + context.path() + (query == null ? "" : "?" + query);
    String proof = Objects.requireNonNullElse(context.header(Call.PROOF), "");
    return switch (proofs.check(new Asked(provider, request, body, proof))) {
      case Outcome.Proven() -> body;
      case Outcome.Unproven(String challenge) -> {
        context.header(Call.CHALLENGE, challenge);
        throw Refusal.of(
            401,
            "Not proven",
            "the call is not signed by provider " + provider + "'s key under a fresh challenge",
            "sign it with the challenge in " + Call.CHALLENGE + " (docs/processes.md)");
      }
      case Outcome.Refused(String reason) ->
          throw Refusal.of(
              403, "Not proven", reason, "see docs/processes.md for how a provider shows its key");
    };
  }

  /** Gives a provider what to sign its next calls with. */
  void challenge(Exchange exchange, ProviderId provider) {
    exchange.context().header(Call.CHALLENGE, proofs.challenge(provider));
  }
}
