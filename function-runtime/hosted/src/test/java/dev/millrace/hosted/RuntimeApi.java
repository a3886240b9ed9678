package dev.millrace.hosted;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The Runtime API that AWS Lambda gives a runtime (docs.aws.amazon.com/lambda, "Using the Lambda
 * runtime API", version 2018-06-01), on this machine.
 */
final class RuntimeApi implements AutoCloseable {
  private static final String ROOT = "/2018-06-01/runtime/";

  private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
  private final BlockingQueue<Said> said = new LinkedBlockingQueue<>();
  private final HttpServer server;

  /**
   * What the runtime said.
   *
   * @param kind {@code response}, {@code error} or {@code init/error}
   * @param type what it called the error, or empty
   */
  record Said(String kind, String type, String body) {}

  RuntimeApi() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(ROOT, this::answer);
    server.start();
  }

  String address() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  /** Invokes the function, and waits for what it says. */
  Said invoke(String event) throws InterruptedException {
    events.add(event);
    return next();
  }

  Said next() throws InterruptedException {
    Said next = said.poll(120, TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("the runtime said nothing for two minutes");
    }
    return next;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath().substring(ROOT.length());
      if (path.equals("invocation/next")) {
        invocation(exchange);
        return;
      }
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      String kind = path.replaceFirst("^invocation/[^/]+/", "");
      String type =
          String.valueOf(
              exchange.getRequestHeaders().getFirst("Lambda-Runtime-Function-Error-Type"));
      exchange.sendResponseHeaders(202, -1);
      said.add(new Said(kind, type, body));
    }
  }

  private void invocation(HttpExchange exchange) throws IOException {
    String event;
    try {
      event = events.take();
    } catch (InterruptedException e) {
      return;
    }
    byte[] body = event.getBytes(StandardCharsets.UTF_8);
    var headers = exchange.getResponseHeaders();
    headers.set("Lambda-Runtime-Aws-Request-Id", UUID.randomUUID().toString());
    headers.set("Lambda-Runtime-Deadline-Ms", Long.toString(System.currentTimeMillis() + 900_000));
    headers.set(
        "Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:us-east-1:0:function:millrace");
    headers.set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
