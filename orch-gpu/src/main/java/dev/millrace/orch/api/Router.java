package dev.millrace.orch.api;

import dev.millrace.schema.sign.Hex;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import io.javalin.security.RouteRole;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
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

  Router(RoutesConfig routes, Tokens tokens, int maxBody) {
    this.routes = routes;
    this.tokens = tokens;
    this.maxBody = maxBody;
  }

  void get(String path, Need need, Service service) {
    get(path, need, JSON, service);
  }

  /** Answers HEAD too: as GET, without the body. */
  void get(String path, Need need, String type, Service service) {
    routes.addHttpHandler(HandlerType.GET, path, handler(need, type, service), need);
    routes.addHttpHandler(HandlerType.HEAD, path, handler(need, type, service), need);
  }

  void post(String path, Need need, Service service) {
    post(path, need, JSON, service);
  }

  void post(String path, Need need, String type, Service service) {
    routes.addHttpHandler(HandlerType.POST, path, handler(need, type, service), need);
  }

  void put(String path, Need need, Service service) {
    routes.addHttpHandler(HandlerType.PUT, path, handler(need, JSON, service), need);
  }

  void delete(String path, Need need, Service service) {
    routes.addHttpHandler(HandlerType.DELETE, path, handler(need, JSON, service), need);
  }

  private Handler handler(Need need, String type, Service service) {
    return context -> {
      Optional<Exchange.Caller> caller =
          need == Need.NOTHING ? Optional.empty() : Optional.of(allowed(context, need));
      if (!Accept.takes(context.header("Accept"), type)) {
        throw Refusal.of(
            406,
            "Not acceptable",
            "the answer is " + type + ", which the request's Accept does not take",
            "send 'Accept: " + type + "', or leave the header out");
      }
      service.answer(new Exchange(context, caller, maxBody));
    };
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
