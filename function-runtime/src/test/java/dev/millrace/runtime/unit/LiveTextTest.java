package dev.millrace.runtime.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.runtime.Samples;
import dev.millrace.schema.id.RunId;
import dev.millrace.schema.run.Manifest;
import dev.millrace.schema.run.Order;
import dev.millrace.schema.run.RunChannel.Followed;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run prints is handed over while it runs, and only when it is asked for. */
final class LiveTextTest {
  @TempDir Path data;
  private Host host;

  @BeforeEach
  void open() throws Exception {
    host = new Host(data, RunEvents.NONE);
    host.bucket.put("input", "hello", 4);
  }

  @AfterEach
  void close() throws Exception {
    host.close();
  }

  private Thread run(String script) {
    Order order =
        Samples.order(Samples.function(script), Samples.input("q/query", 4, 5), Samples.limits());
    return Thread.ofVirtual().start(() -> host.run(order));
  }

  private String pause(String name) {
    return "while [ ! -e " + data.resolve(name) + " ]; do sleep 0.05; done\n";
  }

  private void go(String name) throws Exception {
    Files.createFile(data.resolve(name));
  }

  private void follow(long version, RunId... runs) {
    host.coordinator.followed = new Followed.Runs(version, List.of(runs));
  }

  private void awaitTold(String text) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> host.coordinator.printed.containsKey(host.ref.run()) && told().equals(text));
  }

  private String told() {
    return new String(
        host.coordinator.printed.get(host.ref.run()).read(0, 1 << 20), StandardCharsets.UTF_8);
  }

  @Test
  void aRunThatNobodyReadsAlongWithTellsNothing() throws Exception {
    Thread run = run("echo one\nsleep 3");

    run.join();

    assertThat(host.coordinator.hearings).hasValue(0);
    assertThat(host.manifest().logBytes()).isEqualTo(4);
  }

  @Test
  void whatWasPrintedBeforeSomebodyReadAndWhatComesAfterIsTold() throws Exception {
    Thread run = run("echo one\n" + pause("two") + "echo two\n" + pause("end") + "echo three");
    await().until(() -> host.coordinator.winners.size() == 1);

    follow(7, host.ref.run());
    awaitTold("one\n");
    go("two");
    awaitTold("one\ntwo\n");
    go("end");
    run.join();

    assertThat(host.bucket.text(host.prefix() + Manifest.LOG)).isEqualTo("one\ntwo\nthree\n");
    assertThat(host.manifest().logBytes()).isEqualTo(14);
    assertThat(host.manifest().outputs()).isEmpty();
  }

  @Test
  void aCoordinatorThatForgotWhatItHeardIsToldAllAgain() throws Exception {
    Thread run = run("echo one\n" + pause("end"));
    follow(7, host.ref.run());
    awaitTold("one\n");

    host.coordinator.unreachable = true;
    host.coordinator.printed.clear();
    follow(99, host.ref.run());
    host.coordinator.unreachable = false;

    awaitTold("one\n");
    go("end");
    run.join();
  }

  @Test
  void aReaderThatWentAndCameBackIsToldOn() throws Exception {
    Thread run = run("echo one\n" + pause("two") + "echo two\n" + pause("end"));
    follow(7, host.ref.run());
    awaitTold("one\n");

    follow(8);
    go("two");
    await()
        .during(Duration.ofMillis(600))
        .atMost(Duration.ofSeconds(5))
        .until(() -> told().equals("one\n"));
    follow(9, host.ref.run());

    awaitTold("one\ntwo\n");
    go("end");
    run.join();
  }

  @Test
  void aCoordinatorThatRefusesWhatIsToldDoesTheRunNoHarm() throws Exception {
    follow(7, host.ref.run());
    host.coordinator.deaf = true;
    Thread run = run("echo one\nsleep 2");

    run.join();

    assertThat(host.coordinator.hearings.get()).isPositive();
    assertThat(host.bucket.text(host.prefix() + Manifest.LOG)).isEqualTo("one\n");
  }
}
