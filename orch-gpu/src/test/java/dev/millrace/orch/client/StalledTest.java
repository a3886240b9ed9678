package dev.millrace.orch.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.schema.time.Ticker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers that stop in the middle without closing the connection. */
@Timeout(60)
final class StalledTest {
  private static final byte[] TEXT = "0123456789".repeat(1000).getBytes(StandardCharsets.US_ASCII);
  private static final int SOME = 3000;

  @TempDir private Path folder;
  private final List<Socket> kept = new CopyOnWriteArrayList<>();
  private final AtomicInteger asked = new AtomicInteger();
  private final List<Duration> pauses = new ArrayList<>();
  private final Retries retries = new Retries(3, pauses::add);
  private final AtomicLong progress = new AtomicLong();
  private Transfer transfer;
  private ServerSocket door;

  @BeforeEach
  void open() throws IOException {
    transfer = new Transfer(Duration.ofMillis(400), Ticker.system());
    door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void close() throws IOException {
    transfer.close();
    door.close();
    for (Socket each : kept) {
      each.close();
    }
  }

  /** What a server does with its n-th connection, from 1; then it keeps it open. */
  private interface Manner {
    void serve(int number, InputStream in, OutputStream out) throws IOException;
  }

  private URI serving(Manner manner) {
    Thread.ofVirtual()
        .start(() -> {
          try {
            while (true) {
              Socket one = door.accept();
              kept.add(one);
              Thread.ofVirtual().start(() -> serve(manner, one));
            }
          } catch (IOException e) {
            assertThat(door.isClosed()).isTrue();
          }
        });
    return URI.create("http://127.0.0.1:" + door.getLocalPort() + "/bucket/key");
  }

  private void serve(Manner manner, Socket one) {
    try {
      manner.serve(asked.incrementAndGet(), one.getInputStream(), one.getOutputStream());
      one.getOutputStream().flush();
    } catch (IOException e) {
      // The client has gone; that is what is tested.
    }
  }

  /** The lines of a request's head. */
  private static String head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
      int c = in.read();
      if (c < 0) {
        break;
      }
      head.write(c);
    }
    return head.toString(StandardCharsets.US_ASCII);
  }

  private static void answer(OutputStream out, String text) throws IOException {
    out.write(text.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
  }

  private Download download(URI url) {
    return new Download(
        transfer,
        () -> url,
        retries,
        new Download.Meter() {
          @Override
          public void total(long bytes) {}

          @Override
          public void add(long bytes) {
            progress.addAndGet(bytes);
          }
        });
  }

  @Test
  void aDownloadThatStallsGoesOnBehindWhatHasCome() throws IOException {
    URI url =
        serving((number, in, out) -> {
          String head = head(in);
          if (number == 1) {
            answer(out, "HTTP/1.1 200 OK\nContent-Length: 10000\nETag: \"e\"\n\n");
            out.write(TEXT, 0, SOME);
          } else {
            assertThat(head).contains("bytes=3000-").contains("\"e\"");
            answer(
                out,
                "HTTP/1.1 206 Partial\nContent-Length: 7000\n"
                    + "Content-Range: bytes 3000-9999/10000\n\n");
            out.write(TEXT, SOME, TEXT.length - SOME);
          }
        });

    long size = download(url).to(folder.resolve("file"));

    assertThat(size).isEqualTo(TEXT.length).isEqualTo(progress.get());
    assertThat(folder.resolve("file")).hasBinaryContent(TEXT);
    assertThat(pauses).hasSize(1);
  }

  @Test
  void aDownloadThatNeverMovesIsGivenUp() {
    URI url =
        serving((number, in, out) -> {
          head(in);
          answer(out, "HTTP/1.1 200 OK\nContent-Length: 10000\nETag: \"e\"\n\n0123456789");
        });

    assertThatThrownBy(() -> download(url).to(folder.resolve("file")))
        .isInstanceOf(Stalled.class)
        .hasMessageContaining("nothing moved on it for 0.4 s");
    assertThat(asked.get()).isBetween(3, 6);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aServerThatDoesNotAnswerAtAllIsGivenUp() {
    URI url = serving((number, in, out) -> head(in));

    assertThatThrownBy(() -> download(url).to(folder.resolve("file"))).isInstanceOf(Stalled.class);
  }

  @Test
  void anUploadOfWhichNotAllWasTakenCannotBeThere() throws IOException {
    Path file = Files.write(folder.resolve("large"), new byte[40 << 20]);
    URI url =
        serving((number, in, out) -> {
          head(in);
          in.readNBytes(100_000);
        });

    assertThatThrownBy(() -> transfer.upload(file, url, progress::addAndGet))
        .isInstanceOfSatisfying(Stalled.class, e -> assertThat(e.mayBeDone()).isFalse());
  }

  @Test
  void anUploadThatWasTakenButNotAnsweredMayBeThere() throws IOException {
    Path file = Files.write(folder.resolve("small"), new byte[10]);
    URI url =
        serving((number, in, out) -> {
          head(in);
          in.readNBytes(10);
        });

    assertThatThrownBy(() -> transfer.upload(file, url, progress::addAndGet))
        .isInstanceOfSatisfying(Stalled.class, e -> assertThat(e.mayBeDone()).isTrue());
    assertThat(asked.get()).isEqualTo(1);
  }

  @Test
  void aPartThatStallsIsTriedAgain() throws IOException {
    Path file = Files.write(folder.resolve("parts"), new byte[6 << 20]);
    AtomicInteger puts = new AtomicInteger();
    URI url =
        serving((number, in, out) -> {
          for (String head = head(in); !head.isEmpty(); head = head(in)) {
            int length =
                head.lines()
                    .filter(line -> line.toLowerCase().startsWith("content-length:"))
                    .mapToInt(line -> Integer.parseInt(line.substring(15).strip()))
                    .findFirst()
                    .orElse(0);
            if (head.startsWith("PUT") && puts.incrementAndGet() == 1) {
              in.readNBytes(1000);
              return;
            }
            in.readNBytes(length);
            String body =
                head.startsWith("POST")
                    ? "<InitiateMultipartUploadResult><UploadId>u</UploadId>"
                        + "</InitiateMultipartUploadResult>"
                    : "";
            answer(out, "HTTP/1.1 200 OK\nETag: \"e\"\nContent-Length: " + body.length() + "\n\n");
            out.write(body.getBytes(StandardCharsets.US_ASCII));
            out.flush();
          }
        });
    PartsUpload upload =
        new PartsUpload(
            transfer,
            step -> url,
            new PartsUpload.Rules(5 << 20, retries, Duration.ZERO),
            progress::addAndGet);

    upload.upload(file);

    assertThat(puts.get()).isEqualTo(3);
    assertThat(pauses).hasSize(1);
    assertThat(progress.get()).isEqualTo(6 << 20);
  }

  @Test
  void whatMovesSlowlyIsNotStalled() throws IOException {
    AtomicLong nanos = new AtomicLong();
    Path file = folder.resolve("slow");
    URI url =
        serving((number, in, out) -> {
          head(in);
          answer(out, "HTTP/1.1 200 OK\nContent-Length: 6\nETag: \"e\"\n\n");
          for (int n = 0; n < 6; n++) {
            int come = n;
            await().until(() -> progress.get() >= come);
            nanos.addAndGet(Duration.ofMillis(300).toNanos());
            out.write('x');
            out.flush();
          }
        });
    transfer.close();
    transfer = new Transfer(Duration.ofMillis(400), nanos::get);

    assertThat(download(url).to(file)).isEqualTo(6);
    assertThat(pauses).isEmpty();
    assertThat(nanos.get()).isEqualTo(Duration.ofMillis(1800).toNanos());
  }
}
