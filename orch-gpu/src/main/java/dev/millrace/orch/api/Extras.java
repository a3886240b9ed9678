package dev.millrace.orch.api;

import java.io.IOException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** Serves what other parts mount. */
final class Extras {
  private Extras() {}

  static void add(Router router, ExtraRoute route) {
    Router.Need need =
        switch (route.allowed()) {
          case ANYONE -> Router.Need.NOTHING;
          case READERS -> Router.Need.READ;
          case WRITERS -> Router.Need.WRITE;
        };
    Router.Service service = exchange -> serve(exchange, route.service());
    switch (route.method()) {
      case "GET" -> router.get(route.path(), need, service);
      case "POST" -> router.post(route.path(), need, service);
      case "PUT" -> router.put(route.path(), need, service);
      case "DELETE" -> router.delete(route.path(), need, service);
      default ->
          throw new IllegalArgumentException(
              "a route's method is GET, POST, PUT or DELETE, found: " + route.method());
    }
  }

  private static void serve(Exchange exchange, ExtraRoute.Service service) throws IOException {
    Map<String, String> headers = new HashMap<>();
    exchange
        .context()
        .headerMap()
        .forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), value));
    ExtraRoute.Answer answer =
        service.answer(
            new ExtraRoute.Request(
                exchange.context().pathParamMap(), headers, exchange.holder(), exchange.body()));
    exchange.send(answer.status(), answer.contentType(), answer.body());
  }
}
