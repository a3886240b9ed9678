package dev.millrace.orch.api;

import static dev.millrace.orch.api.ServedDesk.VIEWER;
import static dev.millrace.orch.api.ServedDesk.body;
import static dev.millrace.orch.api.ServedDesk.problem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.orch.desk.FakeLedger;
import dev.millrace.schema.ledger.Checkpoint;
import dev.millrace.schema.ledger.Ledger;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Readings of the ledger: on which thread, how many, and until when. */
@Timeout(60)
final class VerificationsTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private final FakeLedger ledger = new FakeLedger();
  private final Verifications verifications = new Verifications(() -> ledger);
  private final CountDownLatch gate = new CountDownLatch(1);
  private final AtomicInteger ended = new AtomicInteger();

  @AfterEach
  void stop() {
    gate.countDown();
    verifications.close();
  }

  /** Reads on until it is stopped by what its progress throws, or until the gate opens. */
  private void readOn(LongConsumer progress) {
    try {
      for (long done = 1; gate.getCount() > 0; done++) {
        progress.accept(done);
        Thread.onSpinWait();
      }
    } finally {
      ended.incrementAndGet();
    }
  }

  private static Checkpoint noted(int size) {
    return new Checkpoint("millrace.test", size, "ab".repeat(32), "note " + size);
  }

  private void awaitBegun(int readings) {
    await().atMost(LONG).until(() -> ledger.verified.size() == readings);
  }

  @Test
  void aReadingIsOnAPlatformThreadWhoeverAsks() throws Exception {
    List<Boolean> virtual = new CopyOnWriteArrayList<>();
    try (ServedDesk api = new ServedDesk()) {
      api.desk.ledger.reading = progress -> virtual.add(Thread.currentThread().isVirtual());

      api.send(api.with(VIEWER, "/v1/ledger/verify").POST(body("{}")));
      api.send(api.with(VIEWER, "/v1/ledger/verify?progress=true").POST(body("{}")));
    }

    assertThat(virtual).containsExactly(false, false);
  }

  @Test
  void oneIsReadAtATimeAndThoseWhoAskTheSameOfOneThatHasNotBegunShareIt() throws Exception {
    ledger.reading = this::readOn;
    try (var first = verifications.listen(null)) {
      awaitBegun(1);
      try (var second = verifications.listen(null);
          var third = verifications.listen(null);
          var other = verifications.listen(noted(1))) {
        assertThat(ledger.verified).as("the others wait").hasSize(1);

        gate.countDown();
        for (var listening : List.of(first, second, third, other)) {
          assertThat(listening.await(Long.MAX_VALUE, LONG))
              .isInstanceOf(Verifications.News.Found.class);
        }
      }
    }

    assertThat(ledger.verified)
        .containsExactly(Optional.empty(), Optional.empty(), Optional.of(noted(1)));
  }

  @Test
  void whoComesWhenFourWaitIsToldToComeAgain() throws Exception {
    ledger.reading = this::readOn;
    List<Verifications.Listening> listening = new ArrayList<>();
    listening.add(verifications.listen(null));
    awaitBegun(1);
    for (int n = 1; n <= Verifications.WAITING_MAX; n++) {
      listening.add(verifications.listen(noted(n)));
    }

    assertThatThrownBy(() -> verifications.listen(noted(9)))
        .isInstanceOfSatisfying(
            Refusal.class, refusal -> assertThat(refusal.problem().status()).isEqualTo(503));

    listening.getLast().close();
    listening.add(verifications.listen(noted(9)));
    gate.countDown();
    assertThat(listening.getLast().await(Long.MAX_VALUE, LONG))
        .isInstanceOf(Verifications.News.Found.class);
    assertThat(ledger.verified).as("who left was not read for").hasSize(5);
  }

  @Test
  void theRefusalOverHttpSaysWhenToComeAgain() throws Exception {
    CountDownLatch open = new CountDownLatch(1);
    try (ServedDesk api = new ServedDesk()) {
      api.desk.ledger.reading = progress -> awaitOpen(open);
      List<Socket> clients = new ArrayList<>();
      try {
        URI where = api.with(VIEWER, "/v1/ledger/verify").build().uri();
        clients.add(asking(where, "{}"));
        await().atMost(LONG).until(() -> api.desk.ledger.verified.size() == 1);
        for (int n = 1; n <= Verifications.WAITING_MAX; n++) {
          clients.add(asking(where, "{\"checkpoint\": \"" + note(n) + "\"}"));
        }

        for (Socket client : clients) {
          awaitAnswered(client);
        }

        HttpResponse<String> answer =
            api.send(
                api.with(VIEWER, "/v1/ledger/verify")
                    .timeout(LONG)
                    .POST(body("{\"checkpoint\": \"" + note(77) + "\"}")));

        assertThat(problem(answer).detail()).startsWith("4 verifications");
        assertThat(answer.headers().firstValue("Retry-After")).isPresent();
      } finally {
        open.countDown();
        for (Socket client : clients) {
          client.close();
        }
      }
    }
  }

  @Test
  void aPlainClientThatGoesEndsTheReadingToo() throws Exception {
    try (ServedDesk api = new ServedDesk()) {
      api.desk.ledger.reading = this::readOn;
      URI where = api.with(VIEWER, "/v1/ledger/verify").build().uri();

      asking(where, "{}").close();

      await().atMost(LONG).until(() -> ended.get() == 1);
    }
  }

  @Test
  void anAnswerThatTakesLongIsStillJson() throws Exception {
    try (ServedDesk api = new ServedDesk()) {
      api.desk.ledger.reading = progress -> awaitOpen(gate);
      URI where = api.with(VIEWER, "/v1/ledger/verify").build().uri();
      try (Socket client = asking(where, "{}")) {
        awaitAnswered(client);
        gate.countDown();
        String rest = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(rest).contains("application/json").contains("{\"sound\":true");
      }
    }
  }

  @Test
  void aLedgerThatIsDamagedAndSignsNothingIsVerifiedAllTheSame() throws Exception {
    try (ServedDesk api = new ServedDesk()) {
      api.desk.ledger.damaged = true;
      api.desk.ledger.nextVerification =
          new Ledger.Verification.Broken(List.of(new Ledger.Problem(3, "it is torn")));

      HttpResponse<String> answer =
          api.send(api.with(VIEWER, "/v1/ledger/verify?progress=true").POST(body("{}")));

      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body().lines().toList().getLast()).contains("it is torn");
    }
  }

  @Test
  void aReadingStopsWhenItsLastListenerHasGone() throws Exception {
    ledger.reading = this::readOn;
    var first = verifications.listen(noted(1));
    awaitBegun(1);
    var second = verifications.listen(null);
    var third = verifications.listen(null);

    first.close();
    awaitBegun(2);
    assertThat(ended).hasValue(1);
    second.close();
    assertThat(third.await(1_000, LONG)).as("goes on").isInstanceOf(Verifications.News.class);
    assertThat(ended).hasValue(1);
    third.close();

    await().atMost(LONG).until(() -> ended.get() == 2);
  }

  @Test
  void oneThatAnErrorEndsIsToldAndTheNextIsRead() throws Exception {
    AtomicInteger readings = new AtomicInteger();
    CountDownLatch bothAsked = new CountDownLatch(1);
    ledger.reading =
        progress -> {
          awaitOpen(bothAsked);
          if (readings.incrementAndGet() == 1) {
            throw new StackOverflowError("by the test");
          }
        };
    try (var first = verifications.listen(null);
        var second = verifications.listen(noted(1))) {
      bothAsked.countDown();

      assertThat(first.await(Long.MAX_VALUE, LONG))
          .isInstanceOf(Verifications.News.BrokenOff.class);
      assertThat(second.await(Long.MAX_VALUE, LONG)).isInstanceOf(Verifications.News.Found.class);
    }
  }

  @Test
  void closingStopsTheReadingAndTellsThoseWhoWait() throws Exception {
    ledger.reading = this::readOn;
    try (var first = verifications.listen(null);
        var second = verifications.listen(noted(1))) {
      awaitBegun(1);

      verifications.close();

      assertThat(ended).hasValue(1);
      assertThat(first.await(Long.MAX_VALUE, LONG))
          .isInstanceOf(Verifications.News.BrokenOff.class);
      assertThat(second.await(Long.MAX_VALUE, LONG))
          .isInstanceOf(Verifications.News.BrokenOff.class);
      assertThatThrownBy(() -> verifications.listen(null)).isInstanceOf(Refusal.class);
    }
  }

  /** As a JVM does whose processes and threads are at their limit. */
  private static final class Threadless extends Thread {
    @Override
    public void start() {
      throw new OutOfMemoryError("unable to create native thread, in this test");
    }
  }

  @Test
  void whereNoThreadCanBeHadThoseWhoAskAreToldAndTheNextOneIsReadFor() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    ThreadFactory scarce =
        reading -> asked.incrementAndGet() == 1 ? new Threadless() : new Thread(reading);
    try (Verifications own = new Verifications(() -> ledger, scarce, LONG);
        var first = own.listen(null)) {
      assertThat(first.await(Long.MAX_VALUE, LONG))
          .isInstanceOf(Verifications.News.BrokenOff.class);

      try (var second = own.listen(null)) {
        assertThat(second.await(Long.MAX_VALUE, LONG)).isInstanceOf(Verifications.News.Found.class);
      }
    }
  }

  @Test
  void closingDoesNotWaitForAReadingThatHangs() {
    ledger.reading = progress -> awaitOpen(gate);
    Verifications own = new Verifications(() -> ledger, Thread::new, Duration.ofMillis(100));
    own.listen(null);
    awaitBegun(1);

    own.close();

    assertThat(gate.getCount()).as("it hangs still").isOne();
  }

  /** The answer has begun by then, and its status is out. */
  @Test
  void anAnswerThatIsBrokenOffEndsWithAProblemInItsBody() throws Exception {
    try (ServedDesk api = new ServedDesk()) {
      api.desk.ledger.reading =
          progress -> {
            awaitOpen(gate);
            throw new IllegalStateException("by the test");
          };
      URI where = api.with(VIEWER, "/v1/ledger/verify").build().uri();
      try (Socket client = asking(where, "{}")) {
        awaitAnswered(client);
        gate.countDown();
        String rest = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(rest)
            .contains("\"type\":\"/problems/not-verified\"")
            .contains("\"status\":500")
            .doesNotContain("sound");
      }
    }
  }

  private static void awaitOpen(CountDownLatch open) {
    try {
      assertThat(open.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** One that waits or is read for. */
  private static void awaitAnswered(Socket client) throws IOException {
    String head = new String(client.getInputStream().readNBytes(15), StandardCharsets.US_ASCII);
    assertThat(head).as("it has begun to answer").isEqualTo("HTTP/1.1 200 OK");
  }

  private static String note(int size) {
    return "millrace.test\\n"
        + size
        + "\\nq6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=\\n\\n\\u2014 x c2ln\\n";
  }

  /** A client that has asked and reads nothing yet. */
  private static Socket asking(URI where, String json) throws Exception {
    Socket socket = new Socket(where.getHost(), where.getPort());
    OutputStream out = socket.getOutputStream();
    out.write(
        ("POST "
                + where.getPath()
                + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer "
                + VIEWER
                + "\r\nContent-Type: application/json\r\nContent-Length: "
                + json.length()
                + "\r\n\r\n"
                + json)
            .getBytes(StandardCharsets.UTF_8));
    out.flush();
    return socket;
  }
}
