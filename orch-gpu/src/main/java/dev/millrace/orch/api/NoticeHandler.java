package dev.millrace.orch.api;

import dev.millrace.orch.api.view.ProblemView;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.object.NoticeDoor;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Semaphore;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves {@code POST /v1/notices/{store}}, before all else that the server does: stores send many
 * small messages and wait for each answer. Runs on a virtual thread and blocks until the notices
 * are durable.
 */
final class NoticeHandler extends Handler.Abstract {
  static final String PATH = "/v1/notices/";

  /** The same as a route, so that it is listed, and other methods are refused, as with others. */
  static final String ROUTE = PATH + "{store}";

  private static final Logger LOG = LoggerFactory.getLogger(NoticeHandler.class);
  private static final String RETRY_SECONDS = "5";

  private final NoticeDoor door;
  private final PatientBody bodies;
  private final Semaphore places;
  private final RequestIds ids;

  NoticeHandler(NoticeDoor door, NoticeLimits limits, RequestIds ids) {
    this.door = door;
    this.ids = ids;
    this.bodies = new PatientBody(limits.maxBytes(), limits.bodyTime());
    this.places = new Semaphore(limits.atOnce());
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    String path = request.getHttpURI().getPath();
    if (path == null || !path.startsWith(PATH) || !request.getMethod().equals("POST")) {
      return false;
    }
    String id = ids.of(request.getHeaders().get(RequestIds.HEADER));
    response.getHeaders().put("X-Content-Type-Options", "nosniff");
    response.getHeaders().put(RequestIds.HEADER, id);
    try {
      answer(request, response, path.substring(PATH.length()));
      callback.succeeded();
    } catch (IOException e) {
      // The sender is gone, in the middle of its message or of the answer.
      callback.failed(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      callback.failed(e);
    } catch (RuntimeException e) {
      // The outermost frame of the request: the sender hears a 500, the log has the reason.
      LOG.error("POST {} failed (request {})", path, id, e);
      Response.writeError(request, response, callback, 500);
    }
    return true;
  }

  private void answer(Request request, Response response, String store)
      throws IOException, InterruptedException {
    String presented =
        Credential.presented(
            request.getHeaders().get(HttpHeader.AUTHORIZATION), request.getHttpURI().getQuery());
    switch (door.enter(name(store), presented)) {
      case NoticeDoor.UnknownStore u -> send(response, unknown(store));
      case NoticeDoor.WrongSecret w -> {
        response.getHeaders().add(HttpHeader.WWW_AUTHENTICATE, "Bearer realm=\"millrace\"");
        response.getHeaders().add(HttpHeader.WWW_AUTHENTICATE, "Basic realm=\"millrace\"");
        send(response, stranger(store));
      }
      case NoticeDoor.Admitted(var desk) -> take(request, response, desk);
    }
  }

  /** Requests of that route come here first; what slips through has a path that no store has. */
  static void notHere(Exchange exchange) {
    throw unknown(exchange.path("store"));
  }

  /** A name with an escape that is none is the name of no store. */
  private static String name(String path) {
    try {
      return URLDecoder.decode(path, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return path;
    }
  }

  private void take(Request request, Response response, NoticeDoor.Desk desk)
      throws IOException, InterruptedException {
    if (!places.tryAcquire()) {
      retryLater(response, "too many notices are being taken at once");
      return;
    }
    try {
      switch (bodies.read(request)) {
        case PatientBody.Whole(byte[] message) -> answer(response, desk.take(message));
        case PatientBody.TooLarge t -> {
          response.getHeaders().put(HttpHeader.CONNECTION, "close");
          send(response, BoundedStream.tooLarge(bodies.maxBytes()));
        }
        case PatientBody.TooSlow t -> {
          response.getHeaders().put(HttpHeader.CONNECTION, "close");
          send(response, slow());
        }
      }
    } finally {
      places.release();
    }
  }

  private static void answer(Response response, NoticeDoor.Taking taking) throws IOException {
    switch (taking) {
      case NoticeDoor.Taken taken -> send(response, 200, "application/json", Json.bytes(taken));
      case NoticeDoor.Malformed(String reason) ->
          send(response, Refusal.badRequest("this is no notice: " + reason));
      case NoticeDoor.NotKept(String reason) -> retryLater(response, reason);
    }
  }

  private static void retryLater(Response response, String reason) throws IOException {
    response.getHeaders().put(HttpHeader.RETRY_AFTER, RETRY_SECONDS);
    send(
        response,
        Refusal.of(503, "Not kept", reason, "send the same notice again in a few seconds"));
  }

  private static Refusal unknown(String store) {
    return Refusal.noSuch(
        "store '" + store + "' whose notices are taken here",
        "the last part of the path is a name under 'stores' in millrace.yaml");
  }

  private static Refusal stranger(String store) {
    return Refusal.of(
        401,
        "Unauthorized",
        "the request does not carry the secret of this store's webhook",
        "send it as bearer token, as password, or as token in the query; 'millrace webhook "
            + store
            + "' prints it");
  }

  private Refusal slow() {
    return Refusal.of(
        408,
        "Too slow",
        "the body did not come within " + bodies.time().toSeconds() + " s",
        "send it again");
  }

  private static void send(Response response, Refusal refusal) throws IOException {
    ProblemView problem =
        refusal.problem().of(String.valueOf(response.getHeaders().get(RequestIds.HEADER)));
    send(response, problem.status(), ProblemView.MEDIA_TYPE, Json.bytes(problem));
  }

  private static void send(Response response, int status, String type, byte[] body)
      throws IOException {
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
    Content.Sink.write(response, true, ByteBuffer.wrap(body));
  }
}
