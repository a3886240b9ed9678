package dev.millrace.runtime.unit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A bucket behind pre-signed URLs, with faults to order. */
public final class Bucket implements AutoCloseable {
  private static final Pattern NAMED_PART =
      Pattern.compile("<PartNumber>(\\d+)</PartNumber><ETag>(.*?)</ETag>");

  /** An object with its version. */
  public record Stored(byte[] bytes, Map<String, String> headers) {}

  /** What a fault does to one request. */
  public sealed interface Fault {
    /** An answer of that status. */
    record Status(int status) implements Fault {}

    /** The answer's connection breaks after so many bytes of the body. */
    record CutAfter(int bytes) implements Fault {}

    /** No byte more comes after so many bytes of the body. */
    record StallAfter(int bytes) implements Fault {}

    /** The body comes in pieces with pauses between them. */
    record Slowly(int pieces, long pauseMillis) implements Fault {}

    /** A completion that fails under status 200. */
    record LateError(String code) implements Fault {}
  }

  public final Map<String, Stored> objects = new ConcurrentHashMap<>();
  public final List<String> written = Collections.synchronizedList(new ArrayList<>());
  public final List<Integer> faults = Collections.synchronizedList(new ArrayList<>());

  /** Faults of later requests by their method and query, for instance {@code GET input}. */
  public final Map<String, Fault> faultsOf = new ConcurrentHashMap<>();

  /** Requests that are refused each time, for instance {@code PUT KEY}. */
  public final Set<String> refused = ConcurrentHashMap.newKeySet();

  /** Every request, for instance {@code PUT KEY&uploadId=1&partNumber=2} and its range. */
  public final List<String> asked = Collections.synchronizedList(new ArrayList<>());

  /** Parts by upload. */
  public final Map<String, Map<Integer, byte[]>> uploads = new ConcurrentHashMap<>();

  private final AtomicInteger uploadIds = new AtomicInteger();
  private final CountDownLatch closed = new CountDownLatch(1);
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
    put(key, text.getBytes(StandardCharsets.UTF_8), generation);
  }

  public void put(String key, byte[] bytes, long generation) {
    objects.put(
        key,
        new Stored(
            bytes,
            Map.of(
                "x-millrace-generation",
                Long.toString(generation),
                "ETag",
                "\"e" + generation + "\"")));
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
      String query = exchange.getRequestURI().getRawQuery().substring(4);
      String[] words = query.split("&", 2);
      String key = URLDecoder.decode(words[0], StandardCharsets.UTF_8);
      String step = words.length > 1 ? words[1] : "";
      String name = exchange.getRequestMethod() + " " + (step.isEmpty() ? key : step);
      String range = exchange.getRequestHeaders().getFirst("Range");
      asked.add(range == null ? name : name + " " + range);
      byte[] body = exchange.getRequestBody().readAllBytes();
      Integer status = faults.isEmpty() ? null : faults.removeFirst();
      Fault fault = status != null ? new Fault.Status(status) : faultsOf.remove(name);
      if (refused.contains(name)) {
        exchange.sendResponseHeaders(403, -1);
      } else if (fault instanceof Fault.Status(int code)) {
        exchange.sendResponseHeaders(code, -1);
      } else if (!step.isEmpty()) {
        upload(exchange, key, step, body, fault);
      } else if (exchange.getRequestMethod().equals("PUT")) {
        objects.put(key, new Stored(body, Map.of()));
        written.add(key);
        exchange.sendResponseHeaders(200, -1);
      } else {
        answer(exchange, objects.get(key), fault);
      }
    }
  }

  private void upload(HttpExchange exchange, String key, String step, byte[] body, Fault fault)
      throws IOException {
    Map<String, String> query = new HashMap<>();
    for (String word : step.split("&")) {
      query.put(word.split("=")[0], word.substring(word.indexOf('=') + 1));
    }
    String id = query.get("uploadId");
    if (id == null) {
      String fresh = "u" + uploadIds.incrementAndGet();
      uploads.put(fresh, new TreeMap<>());
      say(exchange, 200, "<R xmlns=\"s3\"><UploadId>" + fresh + "</UploadId></R>");
      return;
    }
    Map<Integer, byte[]> parts = uploads.get(id);
    if (parts == null) {
      exchange.sendResponseHeaders(404, -1);
    } else if (exchange.getRequestMethod().equals("PUT")) {
      int number = Integer.parseInt(query.get("partNumber"));
      parts.put(number, body);
      exchange.getResponseHeaders().set("ETag", eTag(number, body));
      exchange.sendResponseHeaders(200, -1);
    } else if (exchange.getRequestMethod().equals("DELETE")) {
      uploads.remove(id);
      exchange.sendResponseHeaders(204, -1);
    } else if (fault instanceof Fault.LateError(String code)) {
      say(exchange, 200, "\n<Error><Code>" + code + "</Code></Error>");
    } else {
      complete(key, parts, new String(body, StandardCharsets.UTF_8));
      uploads.remove(id);
      say(exchange, 200, "<R/>");
    }
  }

  private static String eTag(int number, byte[] body) {
    return "\"" + number + "-" + Arrays.hashCode(body) + "\"";
  }

  private void complete(String key, Map<Integer, byte[]> parts, String document) {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    Matcher named = NAMED_PART.matcher(document);
    while (named.find()) {
      int number = Integer.parseInt(named.group(1));
      if (!named.group(2).equals(eTag(number, parts.get(number)))) {
        throw new IllegalStateException("part " + number + " is named with another tag");
      }
      whole.writeBytes(parts.get(number));
    }
    objects.put(key, new Stored(whole.toByteArray(), Map.of()));
    written.add(key);
  }

  private static void say(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private void answer(HttpExchange exchange, Stored stored, Fault fault) throws IOException {
    if (stored == null) {
      exchange.sendResponseHeaders(404, -1);
      return;
    }
    String range = exchange.getRequestHeaders().getFirst("Range");
    String match = exchange.getRequestHeaders().getFirst("If-Match");
    if (match != null && !match.equals(stored.headers().get("ETag"))) {
      exchange.sendResponseHeaders(412, -1);
      return;
    }
    byte[] bytes = stored.bytes();
    stored.headers().forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
    int from = range == null ? 0 : Integer.parseInt(range.substring(6, range.length() - 1));
    if (range != null) {
      exchange
          .getResponseHeaders()
          .set("Content-Range", "bytes " + from + "-" + (bytes.length - 1) + "/" + bytes.length);
    }
    int length = bytes.length - from;
    exchange.sendResponseHeaders(range == null ? 200 : 206, length == 0 ? -1 : length);
    send(exchange, Arrays.copyOfRange(bytes, from, bytes.length), fault);
  }

  private void send(HttpExchange exchange, byte[] bytes, Fault fault) throws IOException {
    var out = exchange.getResponseBody();
    try {
      switch (fault) {
        case Fault.CutAfter(int count) -> out.write(bytes, 0, count);
        case Fault.StallAfter(int count) -> {
          out.write(bytes, 0, count);
          out.flush();
          closed.await();
        }
        case Fault.Slowly(int pieces, long pause) -> {
          for (int i = 0; i < pieces; i++) {
            int begin = (int) ((long) bytes.length * i / pieces);
            out.write(bytes, begin, (int) ((long) bytes.length * (i + 1) / pieces) - begin);
            out.flush();
            closed.await(pause, TimeUnit.MILLISECONDS);
          }
        }
        case null, default -> out.write(bytes);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
  }
}
