package dev.millrace.orch.client;

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
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Moves files to and from a store by URLs that need no credentials. Never holds one in memory. */
public final class Transfer implements AutoCloseable {
  private static final Pattern CODE = Pattern.compile("<Code>([A-Za-z]{1,60})</Code>");
  private static final int BUFFER = 1 << 16;

  /** So long may a store take to drop an upload. */
  private static final Duration END = Duration.ofSeconds(10);

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

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
    HttpRequest.BodyPublisher body =
        piece.length() == 0
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.fromPublisher(
                HttpRequest.BodyPublishers.ofInputStream(() -> open(piece, progress)),
                piece.length());
    HttpResponse<InputStream> answer = send(HttpRequest.newBuilder(url).PUT(body).build());
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

  /**
   * Downloads to a file, which is there whole or not at all.
   *
   * @param progress is told how many bytes more have come
   * @return bytes
   */
  public long download(URI url, Path file, LongConsumer progress) throws IOException {
    Path part = file.resolveSibling("." + file.getFileName() + ".part");
    try {
      long size;
      try (OutputStream out = Files.newOutputStream(part)) {
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
    HttpResponse<InputStream> answer = send(HttpRequest.newBuilder(url).GET().build());
    try (InputStream in = answer.body()) {
      check(answer, in, "the download");
      byte[] buffer = new byte[BUFFER];
      long size = 0;
      for (int got = in.read(buffer); got >= 0; got = in.read(buffer)) {
        out.write(buffer, 0, got);
        size += got;
        progress.accept(got);
      }
      return size;
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
    Matcher code = CODE.matcher(body);
    StoreRefusal refusal =
        new StoreRefusal(what, answer.statusCode(), code.find() ? code.group(1) : "");
    if (answer.statusCode() == 404) {
      throw new FileNotFoundException(refusal.getMessage());
    }
    throw refusal;
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
