package dev.millrace.orch.client;

import java.io.FileNotFoundException;
import java.io.FilterInputStream;
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
import java.util.function.LongConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Moves files to and from a store by URLs that need no credentials. Never holds one in memory. */
public final class Transfer implements AutoCloseable {
  private static final Pattern CODE = Pattern.compile("<Code>([A-Za-z]{1,60})</Code>");
  private static final int BUFFER = 1 << 16;

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
    long size = Files.size(file);
    HttpRequest.BodyPublisher body =
        size == 0
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.fromPublisher(
                HttpRequest.BodyPublishers.ofInputStream(() -> open(file, progress)), size);
    HttpRequest request = HttpRequest.newBuilder(url).PUT(body).build();
    HttpResponse<InputStream> answer = send(request);
    try (InputStream in = answer.body()) {
      check(answer, in, "the upload of " + file.getFileName());
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

  private HttpResponse<InputStream> send(HttpRequest request) throws IOException {
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while talking to the store");
    }
  }

  private static void check(HttpResponse<InputStream> answer, InputStream in, String what)
      throws IOException {
    if (answer.statusCode() / 100 == 2) {
      return;
    }
    String body = new String(in.readNBytes(BUFFER), StandardCharsets.UTF_8);
    Matcher code = CODE.matcher(body);
    String says = code.find() ? " (" + code.group(1) + ")" : "";
    String message = what + " was answered with HTTP " + answer.statusCode() + says;
    throw answer.statusCode() == 404
        ? new FileNotFoundException(message)
        : new IOException(message);
  }

  private static InputStream open(Path file, LongConsumer progress) {
    try {
      return new Counted(Files.newInputStream(file), progress);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }

  /** Tells how much was read. */
  private static final class Counted extends FilterInputStream {
    private final LongConsumer progress;

    Counted(InputStream in, LongConsumer progress) {
      super(in);
      this.progress = progress;
    }

    @Override
    public int read() throws IOException {
      int octet = super.read();
      if (octet >= 0) {
        progress.accept(1);
      }
      return octet;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int got = super.read(buffer, offset, length);
      if (got > 0) {
        progress.accept(got);
      }
      return got;
    }
  }
}
