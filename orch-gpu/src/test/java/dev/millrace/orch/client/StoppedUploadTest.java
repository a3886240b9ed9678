package dev.millrace.orch.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.millrace.schema.object.UploadStep;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An upload that is stopped while a store takes its time to answer. */
@Timeout(60)
final class StoppedUploadTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Duration SHORT = Duration.ofMillis(50);
  private static final long SIZE = 6 << 20;

  /** md5 of the MD5s of two parts that the store names so, and their number. */
  private static final String PART = "\"d41d8cd98f00b204e9800998ecf8427e\"";

  private static final String WHOLE = "\"5873dd45edd01f09c1ef2e7819369e8e-2\"";

  @TempDir Path folder;
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final CountDownLatch answered = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private volatile String slow = "complete";
  private volatile int abort = 204;

  /** Whether it hangs up on who looks and who aborts. */
  private volatile boolean gone;

  private volatile String there = "";
  private volatile String thereAfterAbort = "";
  private HttpServer store;
  private Transfer transfer;

  @BeforeEach
  void start() throws IOException {
    store = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    store.setExecutor(threads);
    store.createContext("/", this::answer);
    store.start();
    transfer = new Transfer();
  }

  @AfterEach
  void stop() {
    answered.countDown();
    transfer.close();
    store.stop(0);
    threads.close();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String step = exchange.getRequestURI().getPath().substring(1);
    exchange.getRequestBody().readAllBytes();
    asked.add(step);
    if (step.equals(slow)) {
      held();
    } else if (gone && (step.equals("object") || step.equals("abort"))) {
      exchange.close();
      return;
    }
    switch (step) {
      case "begin" -> send(exchange, 200, "<UploadId>u</UploadId>");
      case "part" -> {
        exchange.getResponseHeaders().set("ETag", PART);
        send(exchange, 200, "");
      }
      case "abort" -> {
        there = thereAfterAbort.isEmpty() ? there : thereAfterAbort;
        send(exchange, abort, "");
      }
      case "object" -> object(exchange);
      default -> send(exchange, 200, "<CompleteMultipartUploadResult/>");
    }
  }

  private void object(HttpExchange exchange) throws IOException {
    if (there.isEmpty()) {
      send(exchange, 404, "");
      return;
    }
    exchange.getResponseHeaders().set("ETag", there);
    exchange.getResponseHeaders().set("Content-Range", "bytes 0-0/" + SIZE);
    send(exchange, 206, "x");
  }

  private void held() {
    try {
      answered.await(60, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.US_ASCII);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private URI url(String path) {
    return URI.create("http://127.0.0.1:" + store.getAddress().getPort() + "/" + path);
  }

  private PartsUpload upload(Duration patience) {
    return new PartsUpload(
        transfer,
        step ->
            url(
                switch (step) {
                  case UploadStep.Begin begin -> "begin";
                  case UploadStep.Part part -> "part";
                  case UploadStep.Complete complete -> "complete";
                  case UploadStep.Abort end -> "abort";
                }),
        new PartsUpload.Rules(5 << 20, new Retries(1, length -> {}), patience),
        bytes -> {});
  }

  /** Begins it, and returns when the store was asked for the step that it is slow with. */
  private Future<?> begun(PartsUpload upload) throws IOException {
    Path file = Files.write(folder.resolve("file"), new byte[(int) SIZE]);
    Future<?> running =
        threads.submit(() -> {
          upload.upload(file);
          return SIZE;
        });
    await().until(() -> asked.contains(slow));
    return running;
  }

  private Ended stopped(PartsUpload upload) {
    return upload.stop(() -> url("object"));
  }

  @Test
  void isUpWhenTheStoreSaysSoInTime() throws Exception {
    PartsUpload upload = upload(LONG);
    Future<?> running = begun(upload);
    assertThat(upload.isCompleting()).isTrue();
    Future<Ended> ended = threads.submit(() -> stopped(upload));

    answered.countDown();

    assertThat(ended.get()).isEqualTo(new Ended.Up());
    running.get();
    assertThat(upload.isCompleting()).isFalse();
    assertThat(asked).doesNotContain("abort", "object");
  }

  @Test
  void isUpWhenTheStoreSaysNothingAndTheObjectIsThere() throws Exception {
    PartsUpload upload = upload(SHORT);
    begun(upload);
    there = WHOLE;

    assertThat(stopped(upload)).isEqualTo(new Ended.Up());
    assertThat(asked).doesNotContain("abort");
  }

  @Test
  void isDroppedWhenTheStoreSaysNothingAndTakesTheAbort() throws Exception {
    PartsUpload upload = upload(SHORT);
    begun(upload);

    assertThat(stopped(upload)).isEqualTo(new Ended.Dropped());
  }

  @Test
  void anOlderObjectOfTheSameNameIsNotTakenForIt() throws Exception {
    PartsUpload upload = upload(SHORT);
    begun(upload);
    there = "\"5873dd45edd01f09c1ef2e7819369e8f-2\"";

    assertThat(stopped(upload)).isEqualTo(new Ended.Dropped());
  }

  @Test
  void isUpWhenTheStoreCompletedItBeforeItWasAskedToDropIt() throws Exception {
    PartsUpload upload = upload(SHORT);
    begun(upload);
    abort = 404;
    thereAfterAbort = WHOLE;

    assertThat(stopped(upload)).isEqualTo(new Ended.Up());
  }

  @Test
  void isNotKnownWhenTheStoreHasNeitherUploadNorObject() throws Exception {
    PartsUpload upload = upload(SHORT);
    begun(upload);
    abort = 404;

    assertThat(stopped(upload)).isEqualTo(new Ended.Unknown());
  }

  @Test
  void isNotKnownWhenTheStoreHasGone() throws Exception {
    gone = true;
    PartsUpload upload = upload(SHORT);
    begun(upload);

    assertThat(stopped(upload)).isEqualTo(new Ended.Unknown());
    assertThat(asked).contains("object", "abort");
  }

  @Test
  void isDroppedWhilePartsAreSentAndNeverCompleted() throws Exception {
    slow = "part";
    PartsUpload upload = upload(LONG);
    Future<?> running = begun(upload);

    assertThat(stopped(upload)).isEqualTo(new Ended.Dropped());
    answered.countDown();

    await().until(running::isDone);
    assertThat(running.state()).isEqualTo(Future.State.FAILED);
    assertThat(asked).contains("abort").doesNotContain("complete");
    assertThat(asked).filteredOn("abort"::equals).hasSize(1);
  }

  @Test
  void isLeftWhenTheStoreDoesNotDropItsParts() throws Exception {
    slow = "part";
    abort = 500;
    PartsUpload upload = upload(LONG);
    begun(upload);

    assertThat(stopped(upload)).isEqualTo(new Ended.Left());
  }

  @Test
  void oneWhoseNameIsNotKnownYetIsWaitedFor() throws Exception {
    slow = "begin";
    PartsUpload upload = upload(LONG);
    begun(upload);
    Future<Ended> ended = threads.submit(() -> stopped(upload));

    answered.countDown();

    assertThat(ended.get()).isEqualTo(new Ended.Dropped());
  }

  @Test
  void whatWasStoppedIsNotBegunAnyMore() throws IOException {
    Path file = Files.write(folder.resolve("file"), new byte[(int) SIZE]);
    PartsUpload upload = upload(LONG);
    assertThat(stopped(upload)).isEqualTo(new Ended.Nothing());

    assertThatThrownBy(() -> upload.upload(file)).isInstanceOf(InterruptedIOException.class);

    assertThat(asked).isEmpty();
  }

  @Test
  void whatWasNotBegunIsNothing() {
    assertThat(stopped(upload(LONG))).isEqualTo(new Ended.Nothing());
  }
}
