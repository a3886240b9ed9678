package dev.millrace.runtime.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.runtime.Samples;
import dev.millrace.runtime.channel.InProcessOrderSource;
import dev.millrace.runtime.order.OrderVerifier;
import dev.millrace.runtime.unit.Host;
import dev.millrace.runtime.unit.RunEvents;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.id.Ulids;
import dev.millrace.schema.run.Manifest;
import dev.millrace.schema.run.Order;
import dev.millrace.schema.run.OrderNotice;
import dev.millrace.schema.run.RunOutcome;
import dev.millrace.schema.sign.SignedBytes;
import dev.millrace.schema.sign.TrustedKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProviderLoopTest {
  @TempDir Path data;
  private final List<String> told = new CopyOnWriteArrayList<>();
  private final Map<String, SignedBytes> orders = new ConcurrentHashMap<>();
  private final Ulids ids = new Ulids(InstantSource.system(), new Random(7));
  private volatile boolean sourceDown;
  private InProcessOrderSource source;
  private Host host;
  private ProviderLoop loop;

  private final RunEvents events =
      new RunEvents() {
        @Override
        public void refused(String order, String reason) {
          told.add("refused " + order + ": " + reason);
        }

        @Override
        public void unreadable(OrderNotice notice, Exception failure) {
          told.add("unreadable " + notice.key());
        }

        @Override
        public void settled(RunRef run, RunOutcome outcome) {
          told.add("settled " + run.attempt().job() + " " + outcome.label());
        }
      };

  @BeforeEach
  void open() throws Exception {
    Awaitility.setDefaultTimeout(Duration.ofSeconds(15));
    host = new Host(data, events);
    host.bucket.put("input", "hello", 4);
    source =
        new InProcessOrderSource(
            notice -> {
              if (sourceDown) {
                throw new IOException("down");
              }
              return Optional.ofNullable(orders.get(notice.key()));
            },
            100);
    loop = loop(2);
    loop.start();
  }

  private ProviderLoop loop(int runsMax) {
    return new ProviderLoop(
        new ProviderLoop.Work(
            source,
            new OrderVerifier(
                TrustedKeys.of(host.coordinatorKey.publicKey()),
                Samples.PROVIDER,
                Samples.POOL,
                () -> Samples.NOW),
            host.services,
            ids::run),
        events,
        runsMax);
  }

  @AfterEach
  void close() throws Exception {
    loop.close();
    host.close();
  }

  private static Order order(int number, String script) {
    Order one = Samples.order(Samples.function(script), Samples.input("a", 4, 5), Samples.limits());
    return new Order(
        new AttemptId(new JobId("01jd%022d".formatted(number)), 1),
        one.token(),
        one.pool(),
        one.provider(),
        one.function(),
        one.input(),
        one.slices(),
        one.limits(),
        one.issuedAt(),
        one.expiresAt());
  }

  private void stage(String key, SignedBytes order) {
    orders.put(key, order);
    source.offer(new OrderNotice("stage", key));
  }

  private String settled(int number) {
    return "settled 01jd%022d succeeded".formatted(number);
  }

  @Test
  void manyOrdersAreRunAFewAtATime() {
    for (int i = 0; i < 6; i++) {
      stage("o" + i, host.sign(order(i, "cat \"$INPUT_FILE_PATH\" > \"$TMP_OUTPUT_DIR/o\"")));
    }

    await().until(() -> told.size() == 6);
    assertThat(told)
        .containsExactlyInAnyOrder(
            settled(0), settled(1), settled(2), settled(3), settled(4), settled(5));
    assertThat(host.coordinator.settled).hasSize(6);
    await().until(() -> loop.inFlight() == 0);
  }

  @Test
  void theSameOrderTwiceInFlightRunsOnce() {
    SignedBytes one = host.sign(order(1, "echo x >> " + data + "/count; sleep 0.3"));
    stage("a", one);
    stage("b", one);
    stage("a", one);

    await().until(() -> told.contains(settled(1)) && loop.inFlight() == 0);
    assertThat(data.resolve("count")).hasContent("x");
    assertThat(told).containsOnlyOnce(settled(1));
  }

  @Test
  void invalidOrdersAreCountedAndToldAndTheLoopGoesOn() {
    SignedBytes good = host.sign(order(1, "exit 0"));
    byte[] body = good.bytes().clone();
    body[10] ^= 1;
    stage("bad", new SignedBytes(good.type(), body, good.keyId(), good.signature()));
    stage("manifest", host.coordinatorKey.sign(Manifest.TYPE, new byte[] {1}));
    source.offer(new OrderNotice("stage", "nothing"));
    stage("good", good);

    await().untilAsserted(() -> assertThat(told).contains(settled(1)));
    assertThat(loop.refused()).isEqualTo(2);
    assertThat(told)
        .anyMatch(line -> line.startsWith("refused stage/bad: not validly signed"))
        .anyMatch(line -> line.startsWith("refused stage/manifest: not an order"));
  }

  @Test
  void anOrderThatCannotBeReadForNowIsReadLater() {
    sourceDown = true;
    stage("late", host.sign(order(1, "exit 0")));
    await().until(() -> told.contains("unreadable late"));

    sourceDown = false;

    await().untilAsserted(() -> assertThat(told).contains(settled(1)));
  }

  @Test
  void aLoopThatIsClosedLeavesItsFunctionsAndTheNextOneFindsThem() throws Exception {
    stage(
        "o",
        host.sign(
            order(
                1,
                "echo x >> "
                    + data
                    + "/count; until [ -e "
                    + data
                    + "/go ]; do sleep 0.02; done; cp "
                    + data
                    + "/count \"$TMP_OUTPUT_DIR/\"")));
    await().until(() -> Files.exists(data.resolve("count")));
    loop.close();
    assertThat(loop.inFlight()).isZero();
    host.restart();
    Files.createFile(data.resolve("go"));

    loop = loop(2);
    loop.start();

    await().untilAsserted(() -> assertThat(told).contains(settled(1)));
    RunId run = host.coordinator.settled.keySet().iterator().next();
    AttemptId attempt = order(1, "").attempt();
    assertThat(host.bucket.text(Manifest.prefix(new RunRef(attempt, run, 7)) + "out/count"))
        .isEqualTo("x\n");
  }
}
