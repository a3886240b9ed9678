package dev.millrace.orch.api;

import dev.millrace.orch.api.view.JoinRequest;
import dev.millrace.orch.fleet.Introductions;
import dev.millrace.orch.fleet.RemoteProviders;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.sign.SignedBytes;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** What providers elsewhere ask beside their runs, and how they come by a token. */
final class ProviderRoutes {
  private static final int WAIT_MAX_SECONDS = 20;

  private final RemoteProviders remote;
  private final ProvenCalls proven;

  ProviderRoutes(RemoteProviders remote) {
    this.remote = remote;
    this.proven = new ProvenCalls(remote.proofs());
  }

  void add(Router router) {
    router.post("/v1/providers", Router.Need.ADMIN, this::join);
    router.post("/v1/providers/introduce", Router.Need.PROVIDER, "text/plain", this::introduce);
    router.get("/v1/orders", Router.Need.PROVIDER, this::orders, "wait", "after");
  }

  private void join(Exchange exchange) throws IOException {
    JoinRequest asked = exchange.json(JoinRequest.class);
    ProviderId provider = new ProviderId(asked.provider());
    URI endpoint = asked.endpoint();
    try {
      exchange.answer(
          200,
          endpoint == null ? remote.inviteByBucket(provider) : remote.invite(provider, endpoint));
    } catch (RemoteProviders.NameTaken e) {
      throw Refusal.of(
          409,
          "Not taken in",
          "provider " + provider + " is part of the coordinator's process",
          "take another name");
    }
  }

  private void introduce(Exchange exchange) throws IOException {
    ProviderId provider = provider(exchange);
    String line = new String(exchange.body(), StandardCharsets.UTF_8);
    switch (remote.introductions().introduce(provider, SignedBytes.parse(line))) {
      case Introductions.Outcome.Welcomed(SignedBytes welcome) -> {
        // Not before: whoever has a copied token alone says nothing of how its provider asks.
        remote.delivery().heard(provider, exchange.carrier());
        proven.challenge(exchange, provider);
        exchange.send(200, "text/plain", welcome.line().getBytes(StandardCharsets.US_ASCII));
      }
      case Introductions.Outcome.Refused(String reason) ->
          throw Refusal.of(
              409, "Not taken in", reason, "see docs/processes.md for how a provider joins");
    }
  }

  private void orders(Exchange exchange) throws IOException {
    ProviderId provider = provider(exchange);
    proven.body(exchange, provider);
    remote.heard(provider, exchange.carrier());
    long wait = exchange.query("wait", 0, 0, WAIT_MAX_SECONDS);
    try {
      exchange.answer(
          200,
          remote
              .board()
              .await(provider, exchange.query("after").orElse(""), Duration.ofSeconds(wait)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the coordinator is stopping", e);
    }
  }

  private static ProviderId provider(Exchange exchange) {
    return exchange
        .holder()
        .flatMap(holder -> Optional.ofNullable(holder.provider()))
        .orElseThrow(() ->
            Refusal.of(
                403,
                "Forbidden",
                "this token is no provider's",
                "make a join file with 'millrace token NAME'"));
  }
}
