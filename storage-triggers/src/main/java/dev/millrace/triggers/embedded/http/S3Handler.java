package dev.millrace.triggers.embedded.http;

import dev.millrace.triggers.embedded.blob.DiskFull;
import dev.millrace.triggers.embedded.refusal.ErrorCode;
import dev.millrace.triggers.embedded.refusal.Refusal;
import dev.millrace.triggers.embedded.signature.Authorizer;
import dev.millrace.triggers.embedded.signature.Query;
import dev.millrace.triggers.embedded.signature.SignatureVerifier;
import dev.millrace.triggers.embedded.signature.SignedRequest;
import java.io.IOException;
import java.lang.System.Logger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Takes each request from Jetty: who is it, what is it, may they, do it, answer. Runs on a virtual
 * thread and blocks.
 */
final class S3Handler extends Handler.Abstract {
  private static final Logger LOG = System.getLogger(S3Handler.class.getName());

  private final SignatureVerifier verifier;
  private final Authorizer authorizer;
  private final Routes routes;
  private final FormUpload forms;
  private final Supplier<String> requestIds;
  private final Semaphore requests;
  private final S3Server.Pace pace;
  private final LongSupplier nanoTime;
  private final VirtualHosts hosts;
  private final HeaderDeadline deadline;

  S3Handler(
      SignatureVerifier verifier,
      Authorizer authorizer,
      Routes routes,
      Supplier<String> requestIds,
      S3Server.Settings settings,
      HeaderDeadline deadline) {
    this.verifier = verifier;
    this.authorizer = authorizer;
    this.routes = routes;
    this.forms = new FormUpload(verifier, authorizer, routes.writes());
    this.requestIds = requestIds;
    this.requests = new Semaphore(settings.requestsMax());
    this.pace = settings.pace();
    this.nanoTime = settings.clocks().nanoTime();
    this.hosts = new VirtualHosts(settings.domain());
    this.deadline = deadline;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    Connection connection = request.getConnectionMetaData().getConnection();
    deadline.requestBegins(connection);
    String requestId = requestIds.get();
    response.getHeaders().put("x-amz-request-id", requestId);
    PacedBody body = body(request);
    Leftover leftover = new Leftover(request, body, pace.bodyWindow(), nanoTime);
    try {
      answer(new Exchange(request, response, body, leftover), requestId);
      leftover.discard();
      callback.succeeded();
    } catch (IOException e) {
      // The client is gone, or the bytes broke off in the middle: the connection ends.
      callback.failed(e);
    } finally {
      deadline.requestEnds(connection);
    }
    return true;
  }

  /** One request of Jetty's, and its answer to be. */
  private record Exchange(Request request, Response response, PacedBody body, Leftover leftover) {}

  private PacedBody body(Request request) {
    return new PacedBody(
        Content.Source.asInputStream(request), pace.bodyMinBytes(), pace.bodyWindow(), nanoTime);
  }

  /** Answers it; what is left of its body then keeps no other request out. */
  private void answer(Exchange exchange, String requestId) throws IOException {
    boolean admitted = requests.tryAcquire();
    try {
      Answer answer = admitted ? found(exchange, requestId) : busy(exchange.request(), requestId);
      if (exchange.leftover().endsConnection()) {
        exchange.response().getHeaders().put(HttpFields.CONNECTION_CLOSE);
      }
      send(exchange.request(), exchange.response(), answer);
    } finally {
      if (admitted) {
        requests.release();
      }
    }
  }

  private static Answer busy(Request request, String requestId) {
    Refusal refusal = new Refusal(ErrorCode.SLOW_DOWN, "Too many requests at once; try again.");
    return ErrorAnswers.of(refusal, request.getHttpURI().getPath(), requestId);
  }

  private static boolean isFull(IOException failure) {
    String message = String.valueOf(failure.getMessage());
    return message.contains("No space left on device") || message.contains("Disk quota exceeded");
  }

  /** Does what is asked; a body that cannot be read any more is the only thing not answered. */
  private Answer found(Exchange exchange, String requestId) throws IOException {
    String path = Optional.ofNullable(exchange.request().getHttpURI().getPath()).orElse("/");
    try {
      return perform(exchange, path);
    } catch (Refusal refusal) {
      return ErrorAnswers.of(refusal, path, requestId);
    } catch (EofException e) {
      throw e;
    } catch (IOException e) {
      return failed(path, requestId, e);
    } catch (Exception e) {
      // The outermost frame of the request: the client hears of it, the log has the reason.
      LOG.log(Logger.Level.ERROR, "A request failed: " + requestId, e);
      Refusal refusal = new Refusal(ErrorCode.INTERNAL_ERROR, "We encountered an internal error.");
      return ErrorAnswers.of(refusal, path, requestId);
    }
  }

  private static Answer failed(String path, String requestId, IOException failure) {
    Refusal refusal;
    if (failure.getCause() instanceof TimeoutException) {
      refusal =
          new Refusal(
              ErrorCode.REQUEST_TIMEOUT,
              "Your socket connection to the server was not read from or written to in time.");
    } else if (failure instanceof DiskFull) {
      refusal = new Refusal(ErrorCode.INSUFFICIENT_STORAGE, String.valueOf(failure.getMessage()));
    } else if (isFull(failure)) {
      refusal = new Refusal(ErrorCode.INSUFFICIENT_STORAGE, "The disk of the store is full.");
    } else {
      LOG.log(Logger.Level.ERROR, "A request failed: " + requestId, failure);
      refusal = new Refusal(ErrorCode.INTERNAL_ERROR, "We encountered an internal error.");
    }
    return ErrorAnswers.of(refusal, path, requestId);
  }

  private Answer perform(Exchange exchange, String path) throws IOException {
    SignedRequest head = head(exchange.request(), path);
    Target target = hosts.target(head);
    routes
        .crossOrigin()
        .headers(head, target)
        .forEach((name, value) -> exchange.response().getHeaders().put(name, value));
    if (head.method().equals("OPTIONS")) {
      return routes.crossOrigin().preflight(head, target);
    }
    if (FormUpload.isForm(head, target)) {
      return forms.answer(head, target, exchange.body());
    }
    if (hosts.isNamed(head) && SignatureVerifier.isVersion2(head)) {
      throw new Refusal(
          ErrorCode.ACCESS_DENIED, "Signature version 2 covers no host: use path style.");
    }
    SignatureVerifier.Verified verified = verifier.verify(head);
    S3Call call =
        new S3Call(
            verified.request(), target, verified.caller(), verified.payload(), exchange.body());
    Routes.Route route = routes.find(call);
    authorize(call, route);
    return route.operation().answer(call);
  }

  private void authorize(S3Call call, Routes.Route route) {
    String key = call.target().isBucket() ? call.query().first("prefix").orElse("") : call.key();
    boolean permitted =
        authorizer.permits(
            call.caller(), new Authorizer.Access(route.action(), route.name(), call.bucket(), key));
    if (permitted && route.name().endsWith("Copy") || route.name().equals("CopyObject")) {
      permitted =
          permitted && authorizer.permits(call.caller(), CopySource.of(call).access(route.name()));
    }
    if (!permitted) {
      throw new Refusal(ErrorCode.ACCESS_DENIED, "Access Denied");
    }
  }

  private static SignedRequest head(Request request, String path) {
    List<SignedRequest.Header> headers = new ArrayList<>();
    for (HttpField field : request.getHeaders()) {
      headers.add(
          new SignedRequest.Header(
              field.getName(), Optional.ofNullable(field.getValue()).orElse("")));
    }
    String query = Optional.ofNullable(request.getHttpURI().getQuery()).orElse("");
    return new SignedRequest(request.getMethod(), path, Query.parse(query), headers);
  }

  private static void send(Request request, Response response, Answer answer) throws IOException {
    response.setStatus(answer.status());
    for (Map.Entry<String, String> header : answer.headers().entrySet()) {
      response.getHeaders().put(header.getKey(), header.getValue());
    }
    switch (answer) {
      case Answer.Empty empty -> Content.Sink.write(response, true, ByteBuffer.allocate(0));
      case Answer.Described described -> {
        response.getHeaders().put("content-length", described.length());
        Content.Sink.write(response, true, ByteBuffer.allocate(0));
      }
      case Answer.Document document ->
          sendText(request, response, "application/xml", document.xml());
      case Answer.Told told -> sendText(request, response, "application/json", told.json());
      case Answer.Bytes bytes -> {
        response.getHeaders().put("content-length", bytes.range().length());
        try (OpenContent content = bytes.content()) {
          content.send(bytes.range(), (part, last) -> Content.Sink.write(response, last, part));
        }
      }
    }
  }

  private static void sendText(Request request, Response response, String type, String text)
      throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    response.getHeaders().put("content-type", type);
    response.getHeaders().put("content-length", bytes.length);
    boolean head = request.getMethod().equals("HEAD");
    Content.Sink.write(response, true, ByteBuffer.wrap(head ? new byte[0] : bytes));
  }
}
