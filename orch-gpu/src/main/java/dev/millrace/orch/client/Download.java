package dev.millrace.orch.client;

import dev.millrace.schema.sign.Hex;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Downloads one object. Where the connection breaks it goes on behind what has come, as long as the
 * object is the same one: by Range and If-Match (RFC 9110, 13.1.1 and 14.2).
 */
public final class Download {
  private static final int PARTIAL = 206;
  private static final int CHANGED = 412;
  private static final int PART_DIGITS = 16;

  private final Transfer transfer;
  private final Source source;
  private final Retries retries;
  private final Meter meter;
  private Optional<String> eTag = Optional.empty();
  private long done;

  /** Who gives the URLs. */
  @FunctionalInterface
  public interface Source {
    /** A fresh URL. */
    URI url() throws IOException;
  }

  /** Is told how far it is. */
  public interface Meter {
    /** How many bytes there are. */
    void total(long bytes);

    /** So many more have come. */
    void add(long bytes);
  }

  public Download(Transfer transfer, Source source, Retries retries, Meter meter) {
    this.transfer = transfer;
    this.source = source;
    this.retries = retries;
    this.meter = meter;
  }

  /**
   * Downloads to a file, which is there whole or not at all. Once.
   *
   * @return bytes
   */
  public long to(Path file) throws IOException {
    Path part = part(file);
    try {
      try (OutputStream out = anew(part)) {
        to(out);
      }
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
      return done;
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /**
   * Of a length of its own, since a name may be as long as the file system takes; and of this
   * process, since another may be at work on the same file, and what each has must stay whole.
   */
  static Path part(Path file) {
    byte[] name = String.valueOf(file.getFileName()).getBytes(StandardCharsets.UTF_8);
    String digits = Hex.of(Hex.sha256(name)).substring(0, PART_DIGITS);
    return file.resolveSibling(
        ".millrace-" + digits + "-" + ProcessHandle.current().pid() + ".part");
  }

  /** A new file there: what lies there is of an earlier process that was killed, or a link. */
  static OutputStream anew(Path part) throws IOException {
    Files.deleteIfExists(part);
    return Files.newOutputStream(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  /** Takes away what a download to this file has left that is not whole; from any thread. */
  public static void forget(Path file) {
    try {
      Files.deleteIfExists(part(file));
    } catch (IOException e) {
      // It is in nobody's way: every download begins its own.
    }
  }

  /** Downloads into a stream, which stays open. Once. */
  public long to(OutputStream out) throws IOException {
    int failed = 0;
    while (true) {
      long before = done;
      try {
        stretch(out);
        return done;
      } catch (GivenUp e) {
        throw e.failure();
      } catch (IOException e) {
        failed = done > before ? 1 : failed + 1;
        if (eTag.isEmpty() || done == 0) {
          throw e;
        }
        retries.after(failed, e);
      }
    }
  }

  private void stretch(OutputStream out) throws IOException {
    HttpRequest.Builder request = HttpRequest.newBuilder(source.url()).GET();
    if (done > 0) {
      request.header("Range", "bytes=" + done + "-").header("If-Match", eTag.orElseThrow());
    }
    HttpResponse<InputStream> answer = transfer.ask(request.build(), "the download");
    try (InputStream in = answer.body()) {
      check(answer, in);
      if (done == 0) {
        eTag = answer.headers().firstValue("ETag").filter(tag -> !tag.startsWith("W/"));
        answer.headers().firstValueAsLong("Content-Length").ifPresent(meter::total);
      } else if (answer.statusCode() != PARTIAL) {
        in.skipNBytes(done);
      }
      transfer.read(
          in,
          (buffer, got) -> {
            write(out, buffer, got);
            done += got;
            meter.add(got);
          });
    }
  }

  private void check(HttpResponse<InputStream> answer, InputStream in) throws IOException {
    if (done > 0 && answer.statusCode() == CHANGED) {
      throw new GivenUp(
          new IOException("the object was written anew while it was downloaded; get it again"));
    }
    Transfer.check(answer, in, "the download");
    String range = answer.headers().firstValue("Content-Range").orElse("");
    if (answer.statusCode() == PARTIAL && !range.startsWith("bytes " + done + "-")) {
      throw new StoreRefusal("the rest of the download", PARTIAL, range);
    }
  }

  private static void write(OutputStream out, byte[] buffer, int length) throws GivenUp {
    try {
      out.write(buffer, 0, length);
    } catch (IOException e) {
      throw new GivenUp(e);
    }
  }

  /** Another try would fail as well: a full disk, an object that is another one now. */
  private static final class GivenUp extends IOException {
    private static final long serialVersionUID = 1L;
    private final IOException failure;

    GivenUp(IOException failure) {
      super(failure);
      this.failure = failure;
    }

    IOException failure() {
      return failure;
    }
  }
}
