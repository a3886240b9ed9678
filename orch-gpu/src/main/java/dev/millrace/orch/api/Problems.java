package dev.millrace.orch.api;

import dev.millrace.orch.api.view.ProblemView;
import dev.millrace.orch.journal.JournalException;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.json.MalformedJson;
import dev.millrace.schema.object.StoreException;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import java.io.IOException;
import java.util.List;
import java.util.TreeSet;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.io.EofException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns what went wrong into an answer of RFC 9457's form. */
final class Problems {
  private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

  private static final String RETRY_SECONDS = "5";

  private Problems() {}

  static void add(RoutesConfig routes) {
    routes.exception(Refusal.class, (refusal, context) -> send(context, refusal.problem()));
    routes.exception(HttpResponseException.class, Problems::sendOwn);
    routes.exception(
        IllegalArgumentException.class,
        (e, context) ->
            send(context, Refusal.badRequest(String.valueOf(e.getMessage())).problem()));
    routes.exception(
        MalformedJson.class,
        (e, context) ->
            send(context, Refusal.badRequest(String.valueOf(e.getMessage())).problem()));
    routes.exception(StoreException.class, Problems::sendStore);
    routes.exception(JournalException.class, (e, context) -> unexpected(context, e));
    routes.exception(IOException.class, (e, context) -> unexpected(context, e));
    routes.exception(Exception.class, (e, context) -> unexpected(context, e));
  }

  private static void send(Context context, ProblemView problem) {
    if (context.res().isCommitted()) {
      return;
    }
    if (problem.status() == 401) {
      context.header("WWW-Authenticate", "Bearer realm=\"millrace\"");
    }
    if (problem.status() == 503) {
      context.header("Retry-After", RETRY_SECONDS);
    }
    context
        .status(problem.status())
        .contentType(ProblemView.MEDIA_TYPE)
        .result(Json.bytes(problem.of(request(context))));
  }

  private static String request(Context context) {
    return String.valueOf(context.res().getHeader(RequestIds.HEADER));
  }

  /** What the server finds itself: unknown routes and methods. */
  private static void sendOwn(HttpResponseException e, Context context) {
    Refusal refusal =
        switch (e.getStatus()) {
          case 404 ->
              Refusal.noSuch(
                  "route " + context.method() + " " + context.path(),
                  "GET /v1/openapi.json lists the routes");
          case 405 -> {
            String allowed = allowed(e);
            context.header("Allow", allowed);
            yield Refusal.of(
                405,
                "Method not allowed",
                context.path() + " does not take " + context.method(),
                "it takes " + allowed);
          }
          default ->
              Refusal.of(
                  e.getStatus(),
                  "Refused",
                  String.valueOf(e.getMessage()),
                  "correct the request and send it again");
        };
    send(context, refusal.problem());
  }

  private static String allowed(HttpResponseException e) {
    return String.join(
        ", ",
        new TreeSet<>(
            List.of(e.getDetails().getOrDefault("availableMethods", "").split(", ", -1))));
  }

  private static void sendStore(StoreException e, Context context) {
    boolean again = e.kind() == StoreException.Kind.RETRY;
    send(
        context,
        Refusal.of(
                again ? 503 : 502,
                "Store problem",
                String.valueOf(e.getMessage()),
                again
                    ? "ask again in a moment"
                    : "look at the store's configuration in millrace.yaml")
            .problem());
  }

  private static void unexpected(Context context, Exception e) {
    String request = request(context);
    if (e instanceof HttpException refused) {
      send(context, ofServer(refused).problem());
      return;
    }
    if (context.res().isCommitted() || e instanceof EofException) {
      // The client went away, or the answer broke off: it sees that itself.
      LOG.debug("{} {} broke off (request {})", context.method(), context.path(), request, e);
      return;
    }
    LOG.error("{} {} failed (request {})", context.method(), context.path(), request, e);
    send(
        context,
        Refusal.of(
                500,
                "Internal error",
                "the coordinator could not answer: " + e.getClass().getSimpleName(),
                "its log says more, under the request's id; asking again may help")
            .problem());
  }

  /** What the server found while a body was read. */
  private static Refusal ofServer(HttpException refused) {
    return refused.getCode() == 408
        ? Refusal.of(408, "Too slow", "the body did not come in time", "send it again, faster")
        : Refusal.of(
            refused.getCode(),
            "Refused",
            String.valueOf(refused.getReason()),
            "correct the request and send it again");
  }
}
