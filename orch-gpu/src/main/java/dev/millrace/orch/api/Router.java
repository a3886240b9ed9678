package dev.millrace.orch.api;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.io.IOException;
import java.util.Optional;

/** Puts routes behind the tokens that may use them. */
final class Router {
  /** What a token must allow. */
  enum Need {
    NOTHING,
    READ,
    WRITE,
    RUN
  }

  /** What answers a request. */
  @FunctionalInterface
  interface Service {
    void answer(Exchange exchange) throws IOException;
  }

  private final RoutesConfig routes;
  private final Tokens tokens;
  private final int maxBody;

  Router(RoutesConfig routes, Tokens tokens, int maxBody) {
    this.routes = routes;
    this.tokens = tokens;
    this.maxBody = maxBody;
  }

  void get(String path, Need need, Service service) {
    routes.get(path, handler(need, service));
  }

  void post(String path, Need need, Service service) {
    routes.post(path, handler(need, service));
  }

  void put(String path, Need need, Service service) {
    routes.put(path, handler(need, service));
  }

  void delete(String path, Need need, Service service) {
    routes.delete(path, handler(need, service));
  }

  private Handler handler(Need need, Service service) {
    return context -> {
      Optional<Tokens.Principal> holder =
          need == Need.NOTHING ? Optional.empty() : Optional.of(allowed(context, need));
      service.answer(new Exchange(context, holder, maxBody));
    };
  }

  private Tokens.Principal allowed(Context context, Need need) {
    Tokens.Principal holder =
        bearer(context)
            .flatMap(tokens::holder)
            .orElseThrow(() ->
                Refusal.of(
                    401,
                    "Unauthorized",
                    "the request carries no token that is known here",
                    "send 'Authorization: Bearer TOKEN', with what the file 'token' in the"
                        + " coordinator's data folder says"));
    boolean may =
        switch (need) {
          case NOTHING -> true;
          case READ -> holder.role().reads();
          case WRITE -> holder.role().writes();
          case RUN -> holder.role().runs();
        };
    if (!may) {
      throw Refusal.of(
          403,
          "Forbidden",
          "the role " + holder.role() + " may not do this",
          "ask with a token of a role that may");
    }
    return holder;
  }

  private static Optional<String> bearer(Context context) {
    String header = context.header("Authorization");
    boolean isBearer = header != null && header.regionMatches(true, 0, "Bearer ", 0, 7);
    return isBearer && header != null ? Optional.of(header.substring(7).strip()) : Optional.empty();
  }
}
