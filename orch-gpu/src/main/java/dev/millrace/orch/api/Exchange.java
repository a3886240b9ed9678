package dev.millrace.orch.api;

import dev.millrace.orch.api.view.ProblemView;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.json.MalformedJson;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;

/** One request and its answer, for somebody who may ask it. */
final class Exchange {
  private final Context context;
  private final Optional<Tokens.Principal> holder;
  private final int maxBody;

  Exchange(Context context, Optional<Tokens.Principal> holder, int maxBody) {
    this.context = context;
    this.holder = holder;
    this.maxBody = maxBody;
  }

  Context context() {
    return context;
  }

  Optional<Tokens.Principal> holder() {
    return holder;
  }

  TenantId tenant() {
    return holder
        .orElseThrow(() -> new IllegalStateException("an open route has no tenant"))
        .tenant();
  }

  /** A part of the path, by its name in the route. */
  String path(String name) {
    return context.pathParam(name);
  }

  Optional<String> query(String name) {
    return Optional.ofNullable(context.queryParam(name)).filter(text -> !text.isEmpty());
  }

  /** A whole number of the query. */
  long query(String name, long otherwise, long min, long max) {
    Optional<String> text = query(name);
    if (text.isEmpty()) {
      return otherwise;
    }
    try {
      long number = Long.parseLong(text.get());
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw Refusal.badRequest(
        name + " must be a whole number, " + min + " to " + max + "; found: '" + text.get() + "'");
  }

  /** The body as it came, up to the configured size. */
  byte[] body() throws IOException {
    try (InputStream in = stream(maxBody)) {
      return in.readAllBytes();
    }
  }

  /** The body as JSON of this shape. */
  <T extends Record> T json(Class<T> type) throws IOException {
    byte[] body = body();
    try {
      return RequestJson.read(body, type);
    } catch (MalformedJson e) {
      throw Refusal.badRequest("the body is not the JSON that is asked for: " + e.getMessage());
    }
  }

  /** The body as a stream that refuses to give more than so many bytes. */
  InputStream stream(long maxBytes) throws IOException {
    if (context.req().getContentLengthLong() > maxBytes) {
      throw BoundedStream.tooLarge(maxBytes);
    }
    return new BoundedStream(context.req().getInputStream(), maxBytes);
  }

  void answer(int status, Object value) {
    send(status, "application/json", Json.bytes(value));
  }

  void problem(ProblemView problem) {
    send(problem.status(), ProblemView.MEDIA_TYPE, Json.bytes(problem));
  }

  void send(int status, String contentType, byte[] body) {
    context.status(status).contentType(contentType).result(body);
  }

  /** The answer's body, to be written at once; the status is 200. */
  OutputStream open(String contentType) throws IOException {
    context.res().setStatus(200);
    context.res().setContentType(contentType);
    return context.res().getOutputStream();
  }
}
