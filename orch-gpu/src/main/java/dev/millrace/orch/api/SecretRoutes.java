package dev.millrace.orch.api;

import dev.millrace.orch.api.view.RekeyAnswer;
import dev.millrace.orch.api.view.SecretRequest;
import dev.millrace.orch.api.view.SecretView;
import dev.millrace.orch.desk.SecretDesk;
import dev.millrace.orch.secret.Vault;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.id.SecretName;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;

/** Secrets of functions: set, listed, removed; no answer has a value. */
final class SecretRoutes {
  private final SecretDesk desk;

  SecretRoutes(SecretDesk desk) {
    this.desk = desk;
  }

  void add(Router router) {
    router.get("/v1/secrets", Router.Need.WRITE, this::list, Pages.QUERY);
    router.put("/v1/secrets/{secret}", Router.Need.WRITE, this::set);
    router.delete("/v1/secrets/{secret}", Router.Need.WRITE, this::remove, "force");
    router.post("/v1/secrets/rekey", Router.Need.ADMIN, this::rekey);
  }

  private void list(Exchange exchange) {
    Pages.answer(
        exchange,
        "secrets",
        desk.list(exchange.tenant()),
        row -> row.secret().name().value(),
        SecretRoutes::view);
  }

  private void set(Exchange exchange) throws IOException {
    SecretName name = name(exchange);
    if (!desk.takes(exchange.carrier())) {
      throw Refusal.of(
          403,
          "Not safe",
          "the value came over HTTP without TLS, and others may have read it: nothing was kept",
          "set another value, from the coordinator's own host or through a proxy with TLS; or say"
              + " that the network is safe with providers.plain_secrets in millrace.yaml");
    }
    SecretRequest asked = exchange.quietJson(SecretRequest.class);
    try {
      if (desk.set(exchange.tenant(), name, asked.value())
          instanceof Vault.Change.Not(String why)) {
        throw Refusal.badRequest(why);
      }
    } catch (IOException e) {
      throw locked(e);
    }
    exchange.answer(
        200,
        desk.list(exchange.tenant()).stream()
            .filter(row -> row.secret().name().equals(name))
            .findFirst()
            .map(SecretRoutes::view)
            .orElseThrow(() -> noSuch(name)));
  }

  private void remove(Exchange exchange) {
    SecretName name = name(exchange);
    boolean force = exchange.flag("force");
    switch (desk.remove(exchange.tenant(), name, force)) {
      case SecretDesk.Removal.Removed r -> exchange.context().status(204);
      case SecretDesk.Removal.NotFound n -> throw noSuch(name);
      case SecretDesk.Removal.Wanted(List<FunctionName> functions) ->
          throw Refusal.of(
              409,
              "Wanted",
              "secret "
                  + name
                  + " is wanted by "
                  + functions.stream().map(FunctionName::value).collect(Collectors.joining(", ")),
              "remove those first, or ask with force=true: their jobs wait then until it is set");
    }
  }

  private void rekey(Exchange exchange) {
    try {
      exchange.answer(200, new RekeyAnswer(desk.rekey()));
    } catch (IOException e) {
      throw locked(e);
    }
  }

  private static Refusal locked(IOException e) {
    return Refusal.of(
        409,
        "No key",
        String.valueOf(e.getMessage()),
        "docs/operations.md says how to go on without the key file of secrets");
  }

  private static Refusal noSuch(SecretName name) {
    return Refusal.noSuch("secret '" + name + "'", "GET /v1/secrets lists those that are set");
  }

  /** What was given in its place may be a value: it is not repeated. */
  private static SecretName name(Exchange exchange) {
    try {
      return new SecretName(exchange.path("secret"));
    } catch (IllegalArgumentException e) {
      throw Refusal.badRequest(String.valueOf(e.getMessage()));
    }
  }

  private static SecretView view(SecretDesk.Row row) {
    return new SecretView(
        row.secret().name().value(),
        row.secret().bytes(),
        row.secret().createdAt(),
        row.secret().setAt(),
        row.functions().stream().map(FunctionName::value).toList());
  }
}
