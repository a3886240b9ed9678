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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns what went wrong into an answer of RFC 9457's form. */
final class Problems {
  private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

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
    context
        .status(problem.status())
        .contentType(ProblemView.MEDIA_TYPE)
        .result(Json.bytes(problem));
  }

  /** What the server finds itself: unknown routes and methods. */
  private static void sendOwn(HttpResponseException e, Context context) {
    Refusal refusal =
        switch (e.getStatus()) {
          case 404 ->
              Refusal.noSuch(
                  "route " + context.method() + " " + context.path(),
                  "the routes begin with /v1/ and are listed in the documentation");
          case 405 ->
              Refusal.of(
                  405,
                  "Method not allowed",
                  context.path() + " does not take " + context.method(),
                  "use one of the methods that the documentation lists for it");
          default ->
              Refusal.of(
                  e.getStatus(),
                  "Refused",
                  String.valueOf(e.getMessage()),
                  "correct the request and send it again");
        };
    send(context, refusal.problem());
  }

  private static void sendStore(StoreException e, Context context) {
    send(
        context,
        Refusal.of(
                e.kind() == StoreException.Kind.RETRY ? 503 : 502,
                "Store problem",
                String.valueOf(e.getMessage()),
                e.kind() == StoreException.Kind.RETRY
                    ? "ask again in a moment"
                    : "look at the store's configuration in millrace.yaml")
            .problem());
  }

  private static void unexpected(Context context, Exception e) {
    if (context.res().isCommitted()) {
      // The client went away, or the answer broke off: it sees that itself.
      LOG.debug("{} {} broke off", context.method(), context.path(), e);
      return;
    }
    LOG.error("{} {} failed", context.method(), context.path(), e);
    send(
        context,
        Refusal.of(
                500,
                "Internal error",
                "the coordinator could not answer: " + e.getClass().getSimpleName(),
                "its log says more; asking again may help")
            .problem());
  }
}
