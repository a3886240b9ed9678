package dev.millrace.orch.api;

import dev.millrace.orch.secret.Carrier;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.json.MalformedJson;
import dev.millrace.schema.sign.Hex;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** One request and its answer, for somebody who may ask it. */
final class Exchange {
  private static final String JSON = "application/json";

  private final Context context;
  private final Optional<Caller> caller;
  private final List<String> known;
  private final int maxBody;

  /**
   * @param known what may stand in the query
   */
  Exchange(Context context, Optional<Caller> caller, List<String> known, int maxBody) {
    this.context = context;
    this.caller = caller;
    this.known = known;
    this.maxBody = maxBody;
  }

  /**
   * Who asks.
   *
   * @param token digest of what was presented
   * @param still whether the token is good for the same now
   */
  record Caller(Tokens.Principal principal, String token, BooleanSupplier still) {}

  Context context() {
    return context;
  }

  Optional<Tokens.Principal> holder() {
    return caller.map(Caller::principal);
  }

  TenantId tenant() {
    return caller().principal().tenant();
  }

  /** Who asks, on a route that is not open. */
  Caller caller() {
    return caller.orElseThrow(() -> new IllegalStateException("an open route has no tenant"));
  }

  /**
   * The way that the answer takes. A proxy on this machine counts as one that ends TLS, unless it
   * says that it was asked without.
   */
  Carrier carrier() {
    try {
      boolean here = InetAddress.getByName(context.ip()).isLoopbackAddress();
      return (here || context.scheme().equals("https"))
              && !Forwarded.plain(context.req()::getHeaders)
          ? Carrier.SECURE
          : Carrier.PLAIN;
    } catch (UnknownHostException e) {
      return Carrier.PLAIN;
    }
  }

  /** Whether no body is wanted. */
  boolean wantsHeadOnly() {
    return context.method().equals(HandlerType.HEAD);
  }

  /** A part of the path, by its name in the route. */
  String path(String name) {
    return context.pathParam(name);
  }

  /** A part of the query, which its route must have named; empty text is none. */
  Optional<String> query(String name) {
    if (!known.contains(name)) {
      throw new IllegalStateException("the route does not say that it reads '" + name + "'");
    }
    return Optional.ofNullable(context.queryParam(name)).filter(text -> !text.isEmpty());
  }

  Optional<String> header(String name) {
    return Optional.ofNullable(context.header(name)).filter(text -> !text.isBlank());
  }

  /** Whether something of the query is wished for; not so when it is left out. */
  boolean flag(String name) {
    return switch (query(name).orElse("false")) {
      case "true" -> true;
      case "false" -> false;
      default -> throw Refusal.badRequest(name + " must be true or false");
    };
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
    return json(body(), type);
  }

  /** The same, where what is wrong with a body must not be shown: it may be a secret. */
  <T extends Record> T quietJson(Class<T> type) throws IOException {
    byte[] body = body();
    try {
      return RequestJson.read(body, type);
    } catch (MalformedJson e) {
      throw Refusal.badRequest(
          "the body is not the JSON that is asked for, "
              + RequestShape.wanted(type)
              + "; what was sent is not shown here");
    }
  }

  /** A body that was read, as JSON of this shape. */
  <T extends Record> T json(byte[] body, Class<T> type) {
    String sent = context.contentType();
    if (sent != null && !isJson(sent)) {
      context.header("Accept-Post", JSON);
      throw Refusal.of(
          415,
          "Unsupported media type",
          "the body is said to be " + shown(sent) + ", JSON is asked for",
          "send JSON, with the header 'Content-Type: application/json'");
    }
    try {
      return RequestJson.read(body, type);
    } catch (MalformedJson e) {
      throw Refusal.badRequest("the body is not the JSON that is asked for: " + e.getMessage());
    }
  }

  private static boolean isJson(String type) {
    String bare = type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    return bare.equals(JSON) || bare.endsWith("+json");
  }

  private static String shown(String text) {
    return text.length() > 80 ? text.substring(0, 80) + "..." : text;
  }

  /** The body as a stream that refuses to give more than so many bytes. */
  InputStream stream(long maxBytes) throws IOException {
    if (context.req().getContentLengthLong() > maxBytes) {
      throw BoundedStream.tooLarge(maxBytes);
    }
    return new BoundedStream(context.req().getInputStream(), maxBytes);
  }

  /** Says where the list goes on (RFC 8288). */
  void next(String cursor) {
    StringBuilder target = new StringBuilder(context.path()).append('?');
    for (Map.Entry<String, List<String>> entry : context.queryParamMap().entrySet()) {
      if (!entry.getKey().equals("cursor")) {
        target
            .append(encoded(entry.getKey()))
            .append('=')
            .append(encoded(entry.getValue().getFirst()))
            .append('&');
      }
    }
    context.header("Link", "<" + target + "cursor=" + cursor + ">; rel=\"next\"");
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  void answer(int status, Object value) {
    send(status, JSON, Json.bytes(value));
  }

  /** What a client that has it already need not be sent again carries its digest. */
  void send(int status, String contentType, byte[] body) {
    boolean asked = context.method().equals(HandlerType.GET) || wantsHeadOnly();
    if (status == 200 && asked) {
      String tag = "\"" + Hex.of(Hex.sha256(body)).substring(0, 32) + "\"";
      context.header("ETag", tag);
      if (isKnown(context.header("If-None-Match"), tag)) {
        context.status(304);
        return;
      }
    }
    context.status(status).contentType(contentType).result(body);
  }

  private static boolean isKnown(@Nullable String header, String tag) {
    if (header == null) {
      return false;
    }
    for (String known : header.split(",", -1)) {
      String bare = known.strip();
      if (bare.equals("*") || bare.equals(tag) || bare.equals("W/" + tag)) {
        return true;
      }
    }
    return false;
  }

  /** The answer's body, to be written at once; the status is 200. */
  OutputStream open(String contentType) throws IOException {
    context.res().setStatus(200);
    context.res().setContentType(contentType);
    return context.res().getOutputStream();
  }
}
