package dev.millrace.runtime.unit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;

/** A bucket behind pre-signed URLs, with faults to order. */
public final class Bucket implements AutoCloseable {
  /** An object with its version. */
  public record Stored(byte[] bytes, Map<String, String> headers) {}

  public final Map<String, Stored> objects = new ConcurrentHashMap<>();
  public final List<String> written = Collections.synchronizedList(new ArrayList<>());
  public final List<Integer> faults = Collections.synchronizedList(new ArrayList<>());
  private final HttpServer server;

  public Bucket() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::handle);
    server.start();
  }

  /** A URL of a key. */
  public URI url(String key) {
    return URI.create(
        "http://127.0.0.1:"
            + server.getAddress().getPort()
            + "/?key="
            + URLEncoder.encode(key, StandardCharsets.UTF_8));
  }

  public void put(String key, String text, long generation) {
    objects.put(
        key,
        new Stored(
            text.getBytes(StandardCharsets.UTF_8),
            Map.of("x-millrace-generation", Long.toString(generation))));
  }

  public String text(String key) {
    return new String(objects.get(key).bytes(), StandardCharsets.UTF_8);
  }

  /** What lies under a prefix, by relative key. */
  public Map<String, String> under(String prefix) {
    Map<String, String> found = new TreeMap<>();
    objects.keySet().stream()
        .filter(key -> key.startsWith(prefix))
        .forEach(key -> found.put(key.substring(prefix.length()), text(key)));
    return found;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String key =
          URLDecoder.decode(
              exchange.getRequestURI().getRawQuery().substring(4), StandardCharsets.UTF_8);
      byte[] body = exchange.getRequestBody().readAllBytes();
      Integer fault = faults.isEmpty() ? null : faults.removeFirst();
      if (fault != null) {
        exchange.sendResponseHeaders(fault, -1);
      } else if (exchange.getRequestMethod().equals("PUT")) {
        objects.put(key, new Stored(body, Map.of()));
        written.add(key);
        exchange.sendResponseHeaders(200, -1);
      } else {
        answer(exchange, objects.get(key));
      }
    }
  }

  private static void answer(HttpExchange exchange, Stored stored) throws IOException {
    if (stored == null) {
      exchange.sendResponseHeaders(404, -1);
      return;
    }
    stored.headers().forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
    exchange.sendResponseHeaders(200, stored.bytes().length == 0 ? -1 : stored.bytes().length);
    exchange.getResponseBody().write(stored.bytes());
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
