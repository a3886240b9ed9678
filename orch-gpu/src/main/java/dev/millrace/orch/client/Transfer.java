package dev.millrace.orch.client;

import dev.millrace.schema.time.Ticker;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Moves files to and from a store by URLs that need no credentials. Never holds one in memory. */
public final class Transfer implements AutoCloseable {
  private static final Pattern CODE = Pattern.compile("<Code>([A-Za-z]{1,60})</Code>");
  private static final Pattern WORDS =
      Pattern.compile("<Message>([^<&\\p{Cntrl}]{1,300})</Message>");
  private static final int BUFFER = 1 << 16;
  private static final int NO_SUCH_RANGE = 416;
  private static final String DOWNLOAD = "the download";

  /** How often is looked whether something moves. */
  private static final long BEAT = Duration.ofMillis(250).toNanos();

  /** So long may a store take to drop an upload. */
  private static final Duration END = Duration.ofSeconds(10);

  /** So long may a store take to answer a document: to complete an upload it joins all parts. */
  private static final Duration DOCUMENT = Duration.ofMinutes(10);

  /** After so long without a byte a connection is taken for dead. */
  public static final Duration STALL = Duration.ofSeconds(60);

  private final Duration stall;
  private final Ticker ticker;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  /** Takes a connection on which nothing moves for a minute for dead. */
  public Transfer() {
    this(STALL, Ticker.system());
  }

  /**
   * Takes a connection on which nothing moves for so long for dead.
   *
   * @param stall more than nothing
   */
  public Transfer(Duration stall, Ticker ticker) {
    this.stall = stall;
    this.ticker = ticker;
  }

  /**
   * Uploads a file.
   *
   * @param progress is told how many bytes more are on their way
   */
  public void upload(Path file, URI url, LongConsumer progress) throws IOException {
    put(new Piece(file, 0, Files.size(file)), url, progress, "the upload of " + file.getFileName());
  }

  /** The entity tag that the store gave what was put; empty when it gave none. */
  Optional<String> put(Piece piece, URI url, LongConsumer progress, String what)
      throws IOException {
    long[] left = {piece.length()};
    Sending sending = new Sending(what, () -> left[0] <= 0, stall);
    LongConsumer moved =
        bytes -> {
          left[0] -= bytes;
          sending.moved();
          progress.accept(bytes);
        };
    HttpRequest.BodyPublisher body =
        piece.length() == 0
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.fromPublisher(
                HttpRequest.BodyPublishers.ofInputStream(() -> open(piece, moved)), piece.length());
    HttpResponse<InputStream> answer = sending.send(HttpRequest.newBuilder(url).PUT(body).build());
    try (InputStream in = answer.body()) {
      check(answer, in, what);
      return answer.headers().firstValue("ETag");
    }
  }

  /** The document that a store answers to a document. */
  String post(URI url, String document, String what) throws IOException {
    HttpResponse<InputStream> answer =
        send(
            HttpRequest.newBuilder(url)
                .timeout(DOCUMENT)
                .POST(HttpRequest.BodyPublishers.ofString(document))
                .build());
    try (InputStream in = answer.body()) {
      check(answer, in, what);
      return new String(in.readNBytes(BUFFER), StandardCharsets.UTF_8);
    }
  }

  void delete(URI url, String what) throws IOException {
    HttpResponse<InputStream> answer =
        send(HttpRequest.newBuilder(url).timeout(END).DELETE().build());
    try (InputStream in = answer.body()) {
      check(answer, in, what);
    }
  }

  /** What a store has under a name. */
  record Seen(long size, String eTag) {}

  /** What is there now, asked for by its first byte; empty where nothing is, or no byte. */
  Optional<Seen> look(URI url) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(url).timeout(END).header("Range", "bytes=0-0").GET().build();
    HttpResponse<InputStream> answer = send(request);
    try (InputStream in = answer.body()) {
      if (answer.statusCode() == 404 || answer.statusCode() == NO_SUCH_RANGE) {
        return Optional.empty();
      }
      check(answer, in, "the look at an object");
      String range = answer.headers().firstValue("Content-Range").orElse("");
      String size =
          range.isEmpty()
              ? answer.headers().firstValue("Content-Length").orElse("")
              : range.substring(range.indexOf('/') + 1);
      return size.matches("[0-9]{1,18}")
          ? Optional.of(
              new Seen(Long.parseLong(size), answer.headers().firstValue("ETag").orElse("")))
          : Optional.empty();
    }
  }

  /**
   * Downloads to a file, which is there whole or not at all.
   *
   * @param progress is told how many bytes more have come
   * @return bytes
   */
  public long download(URI url, Path file, LongConsumer progress) throws IOException {
    Path part = Download.part(file);
    try {
      long size;
      try (OutputStream out = Download.anew(part)) {
        size = download(url, out, progress);
      }
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
      return size;
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /** Downloads into a stream, which stays open. */
  public long download(URI url, OutputStream out, LongConsumer progress) throws IOException {
    HttpResponse<InputStream> answer = ask(HttpRequest.newBuilder(url).GET().build(), DOWNLOAD);
    try (InputStream in = answer.body()) {
      check(answer, in, DOWNLOAD);
      long[] size = {0};
      read(
          in,
          (buffer, got) -> {
            out.write(buffer, 0, got);
            size[0] += got;
            progress.accept(got);
          });
      return size[0];
    }
  }

  /** Takes what has come. */
  @FunctionalInterface
  interface Sink {
    void take(byte[] buffer, int length) throws IOException;
  }

  /**
   * Reads an answer to its end, and not a moment longer than something comes. What is done with the
   * bytes may take its time.
   */
  void read(InputStream in, Sink sink) throws IOException {
    byte[] buffer = new byte[BUFFER];
    try (Stalled.Watch watch = new Stalled.Watch(stall, ticker, () -> close(in))) {
      for (int got = read(in, buffer, watch); got >= 0; got = read(in, buffer, watch)) {
        sink.take(buffer, got);
      }
    }
  }

  private int read(InputStream in, byte[] buffer, Stalled.Watch watch) throws IOException {
    watch.moved();
    try {
      return in.read(buffer);
    } catch (IOException e) {
      throw watch.hasStalled() ? new Stalled(DOWNLOAD, stall, false) : e;
    } finally {
      watch.pause();
    }
  }

  private static void close(InputStream in) {
    try {
      in.close();
    } catch (IOException e) {
      // Whoever reads it is told.
    }
  }

  /** Asks for an answer without sending a body. */
  HttpResponse<InputStream> ask(HttpRequest request, String what) throws IOException {
    return new Sending(what, () -> false, stall).send(request);
  }

  /** A request on its way, ended where nothing moves before its answer begins. */
  private final class Sending {
    private final String what;
    private final BooleanSupplier whole;
    private final Duration limit;
    private volatile long moves;

    Sending(String what, BooleanSupplier whole, Duration limit) {
      this.what = what;
      this.whole = whole;
      this.limit = limit;
    }

    void moved() {
      moves = moves + 1;
    }

    HttpResponse<InputStream> send(HttpRequest request) throws IOException {
      return answer(client.sendAsync(request, HttpResponse.BodyHandlers.ofInputStream()));
    }

    private HttpResponse<InputStream> answer(Future<HttpResponse<InputStream>> coming)
        throws IOException {
      long seen = moves;
      long since = ticker.nanos();
      while (true) {
        long left = since + limit.toNanos() - ticker.nanos();
        try {
          return coming.get(Math.max(1, Math.min(left, BEAT)), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
          if (moves != seen) {
            seen = moves;
            since = ticker.nanos();
          } else if (left <= 0) {
            coming.cancel(true);
            throw new Stalled(what, limit, whole.getAsBoolean());
          }
        } catch (ExecutionException e) {
          throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
        } catch (InterruptedException e) {
          coming.cancel(true);
          Thread.currentThread().interrupt();
          throw new InterruptedIOException("interrupted while talking to the store");
        }
      }
    }
  }

  HttpResponse<InputStream> send(HttpRequest request) throws IOException {
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while talking to the store");
    }
  }

  static void check(HttpResponse<InputStream> answer, InputStream in, String what)
      throws IOException {
    if (answer.statusCode() / 100 == 2) {
      return;
    }
    String body = new String(in.readNBytes(BUFFER), StandardCharsets.UTF_8);
    StoreRefusal refusal =
        new StoreRefusal(
            what, answer.statusCode(), first(CODE.matcher(body)), first(WORDS.matcher(body)));
    if (answer.statusCode() == 404) {
      throw new FileNotFoundException(refusal.getMessage());
    }
    throw refusal;
  }

  private static String first(Matcher found) {
    return found.find() ? found.group(1) : "";
  }

  private static InputStream open(Piece piece, LongConsumer progress) {
    try {
      return piece.open(progress);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
