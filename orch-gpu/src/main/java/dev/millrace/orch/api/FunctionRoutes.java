package dev.millrace.orch.api;

import dev.millrace.orch.api.view.DeployAnswer;
import dev.millrace.orch.api.view.DeployRequest;
import dev.millrace.orch.api.view.FunctionView;
import dev.millrace.orch.api.view.KeptFile;
import dev.millrace.orch.desk.FrontDesk;
import dev.millrace.orch.desk.SecretDesk;
import dev.millrace.schema.function.DeployedFunction;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.id.TenantId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Functions and the files that ship with them. */
final class FunctionRoutes {
  private final FrontDesk desk;
  private final Optional<SecretDesk> secrets;
  private final Idempotency idempotency;
  private final long maxFileBytes;

  FunctionRoutes(
      FrontDesk desk, Optional<SecretDesk> secrets, Idempotency idempotency, long maxFileBytes) {
    this.desk = desk;
    this.secrets = secrets;
    this.idempotency = idempotency;
    this.maxFileBytes = maxFileBytes;
  }

  void add(Router router) {
    router.post("/v1/files", Router.Need.WRITE, this::keep);
    router.post("/v1/functions", Router.Need.WRITE, this::deploy);
    router.get("/v1/functions", Router.Need.READ, this::list, Pages.QUERY);
    router.get("/v1/functions/{name}", Router.Need.READ, this::show);
    router.delete("/v1/functions/{name}", Router.Need.WRITE, this::remove);
  }

  private void keep(Exchange exchange) throws IOException {
    try (InputStream in = exchange.stream(maxFileBytes)) {
      exchange.answer(201, new KeptFile(desk.keepFile(in)));
    }
  }

  private void deploy(Exchange exchange) throws IOException {
    byte[] body = exchange.body();
    DeployRequest asked = exchange.json(body, DeployRequest.class);
    idempotency.once(exchange, body, KeptAnswers.KEPT, () -> deploy(exchange, asked));
  }

  private DeployAnswer deploy(Exchange exchange, DeployRequest asked) throws IOException {
    Map<String, String> scripts = asked.scripts() == null ? Map.of() : asked.scripts();
    Map<String, String> files = asked.files() == null ? Map.of() : asked.files();
    FrontDesk.Deployment became =
        desk.deploy(
            exchange.tenant(),
            new FrontDesk.Sent(
                asked.fileName(),
                asked.fdl().getBytes(StandardCharsets.UTF_8),
                scripts,
                files,
                Boolean.TRUE.equals(asked.backfill())),
            exchange.carrier());
    return switch (became) {
      case FrontDesk.Deployment.Done(var functions, var warnings) ->
          new DeployAnswer(functions.stream().map(views(exchange.tenant())).toList(), warnings);
      case FrontDesk.Deployment.Rejected(List<String> problems) ->
          throw Refusal.of(
              422,
              "Not deployable",
              asked.fileName() + " has " + count(problems) + "; nothing was deployed",
              problems);
      case FrontDesk.Deployment.Overtaken(String reason) ->
          throw Refusal.of(
              409,
              "Overtaken",
              "another change came first (" + reason + "); nothing was deployed",
              "deploy again");
    };
  }

  private Function<DeployedFunction, FunctionView> views(TenantId tenant) {
    Set<String> set = secrets.map(served -> served.names(tenant)).orElse(Set.of());
    return function -> FunctionView.of(function, set::contains);
  }

  private static String count(List<String> problems) {
    return problems.size() == 1 ? "a problem" : problems.size() + " problems";
  }

  private void list(Exchange exchange) {
    Pages.answer(
        exchange,
        "functions",
        desk.functions(exchange.tenant()),
        function -> function.ref().name().value(),
        views(exchange.tenant()));
  }

  private void show(Exchange exchange) {
    FunctionName name = new FunctionName(exchange.path("name"));
    DeployedFunction found =
        desk.functions(exchange.tenant()).stream()
            .filter(function -> function.ref().name().equals(name))
            .findFirst()
            .orElseThrow(() -> noSuch(name));
    exchange.answer(200, views(exchange.tenant()).apply(found));
  }

  private void remove(Exchange exchange) {
    FunctionName name = new FunctionName(exchange.path("name"));
    if (!desk.remove(exchange.tenant(), name)) {
      throw noSuch(name);
    }
    exchange.context().status(204);
  }

  private static Refusal noSuch(FunctionName name) {
    return Refusal.noSuch(
        "function '" + name + "'", "GET /v1/functions lists those that are deployed");
  }
}
