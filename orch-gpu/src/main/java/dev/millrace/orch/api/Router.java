package dev.millrace.orch.api;

import dev.millrace.schema.sign.Hex;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import io.javalin.security.RouteRole;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Puts routes behind the tokens that may use them. */
final class Router {
  /** What a token must allow. */
  enum Need implements RouteRole {
    NOTHING,
    READ,
    WRITE,
    RUN,
    PROVIDER,
    ADMIN;

    boolean fits(Role role) {
      return switch (this) {
        case NOTHING -> true;
        case READ -> role.reads();
        case WRITE -> role.writes();
        case RUN -> role.runs();
        case PROVIDER -> role == Role.PROVIDER;
        case ADMIN -> role == Role.ADMIN;
      };
    }

    private String roles() {
      return Arrays.stream(Role.values())
          .filter(this::fits)
          .map(role -> role.name().toLowerCase(Locale.ROOT))
          .collect(Collectors.joining(" or "));
    }
  }

  /** What answers a request. */
  @FunctionalInterface
  interface Service {
    void answer(Exchange exchange) throws IOException;
  }

  private static final String JSON = "application/json";

  private final RoutesConfig routes;
  private final Tokens tokens;
  private final int maxBody;
  private final Map<String, List<String>> queries;

  /**
   * @param queries is told what may stand in the query of each route, by method and path
   */
  Router(RoutesConfig routes, Tokens tokens, int maxBody, Map<String, List<String>> queries) {
    this.queries = queries;
    this.routes = routes;
    this.tokens = tokens;
    this.maxBody = maxBody;
  }

  /**
   * @param query what may stand in the query
   */
  void get(String path, Need need, Service service, String... query) {
    get(path, need, JSON, service, query);
  }

  /** Answers HEAD too: as GET, without the body. */
  void get(String path, Need need, String type, Service service, String... query) {
    add(HandlerType.GET, path, new Served(need, type, service, List.of(query)));
    add(HandlerType.HEAD, path, new Served(need, type, service, List.of(query)));
  }

  void post(String path, Need need, Service service, String... query) {
    post(path, need, JSON, service, query);
  }

  void post(String path, Need need, String type, Service service, String... query) {
    add(HandlerType.POST, path, new Served(need, type, service, List.of(query)));
  }

  void put(String path, Need need, Service service) {
    add(HandlerType.PUT, path, new Served(need, JSON, service, List.of()));
  }

  void delete(String path, Need need, Service service, String... query) {
    add(HandlerType.DELETE, path, new Served(need, JSON, service, List.of(query)));
  }

  /** A route: who may use it, what it answers with, and what may be asked of it. */
  private record Served(Need need, String type, Service service, List<String> query) {}

  private void add(HandlerType method, String path, Served served) {
    queries.put(method + " " + path, served.query());
    routes.addHttpHandler(method, path, context -> answer(context, served), served.need());
  }

  private void answer(Context context, Served served) throws IOException {
    Optional<Exchange.Caller> caller =
        served.need() == Need.NOTHING
            ? Optional.empty()
            : Optional.of(allowed(context, served.need()));
    String type = served.type();
    if (!Accept.takes(context.header("Accept"), type)) {
      throw Refusal.of(
          406,
          "Not acceptable",
          "the answer is " + type + ", which the request's Accept does not take",
          "send 'Accept: " + type + "', or leave the header out");
    }
    QueryNames.check(context.queryParamMap(), served.query());
    served.service().answer(new Exchange(context, caller, served.query(), maxBody));
  }

  private Exchange.Caller allowed(Context context, Need need) {
    String presented = bearer(context).orElseThrow(Router::unknown);
    Tokens.Principal holder = tokens.holder(presented).orElseThrow(Router::unknown);
    if (!need.fits(holder.role())) {
      throw Refusal.of(
          403,
          "Forbidden",
          "the role " + holder.role().name().toLowerCase(Locale.ROOT) + " may not do this",
          "ask with a token of the role " + need.roles());
    }
    return new Exchange.Caller(
        holder,
        Hex.of(Hex.sha256(presented.getBytes(StandardCharsets.UTF_8))),
        () -> tokens.holder(presented).filter(holder::equals).isPresent());
  }

  private static Refusal unknown() {
    return Refusal.of(
        401,
        "Unauthorized",
        "the request carries no token that is known here",
        "send 'Authorization: Bearer TOKEN', with what the file 'token' in the"
            + " coordinator's data folder says");
  }

  private static Optional<String> bearer(Context context) {
    String header = context.header("Authorization");
    boolean isBearer = header != null && header.regionMatches(true, 0, "Bearer ", 0, 7);
    return isBearer && header != null ? Optional.of(header.substring(7).strip()) : Optional.empty();
  }
}
