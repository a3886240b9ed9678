package dev.millrace.orch.api;

import dev.millrace.orch.api.view.TokenAnswer;
import dev.millrace.orch.api.view.TokenRequest;
import dev.millrace.orch.api.view.TokenView;
import java.io.IOException;
import java.util.Locale;

/** Tokens: made, listed, revoked, by administrators. */
final class TokenRoutes {
  private final TokenBook book;

  TokenRoutes(TokenBook book) {
    this.book = book;
  }

  void add(Router router) {
    router.post("/v1/tokens", Router.Need.ADMIN, this::issue);
    router.get("/v1/tokens", Router.Need.ADMIN, this::list, Pages.QUERY);
    router.delete("/v1/tokens/{id}", Router.Need.ADMIN, this::revoke);
  }

  private void issue(Exchange exchange) throws IOException {
    TokenRequest asked = exchange.json(TokenRequest.class);
    TokenBook.Issued issued =
        book.issue(exchange.tenant(), asked.name(), role(asked.role()), asked.expiresAt());
    exchange.answer(201, new TokenAnswer(view(issued.entry()), issued.secret()));
  }

  private static Role role(String name) {
    return switch (name) {
      case "admin" -> Role.ADMIN;
      case "tenant" -> Role.TENANT;
      case "viewer" -> Role.VIEWER;
      case "provider" ->
          throw Refusal.of(
              400,
              "Bad request",
              "a provider's token comes with its join file",
              "POST /v1/providers makes one, as 'millrace token NAME' does");
      default ->
          throw Refusal.badRequest("there is no role '" + name + "'; roles: admin, tenant, viewer");
    };
  }

  private void list(Exchange exchange) {
    Pages.answer(
        exchange,
        "tokens",
        book.entries(exchange.tenant()),
        TokenBook.Entry::id,
        TokenRoutes::view);
  }

  private void revoke(Exchange exchange) throws IOException {
    String id = exchange.path("id");
    if (!book.revoke(exchange.tenant(), id)) {
      throw Refusal.noSuch("token '" + id + "'", "GET /v1/tokens lists those that were given out");
    }
    exchange.context().status(204);
  }

  private static TokenView view(TokenBook.Entry entry) {
    return new TokenView(
        entry.id(),
        entry.name(),
        entry.role().name().toLowerCase(Locale.ROOT),
        entry.createdAt(),
        entry.expiresAt());
  }
}
