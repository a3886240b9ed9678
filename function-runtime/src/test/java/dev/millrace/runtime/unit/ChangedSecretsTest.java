package dev.millrace.runtime.unit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.runtime.Samples;
import dev.millrace.schema.function.DeployedFunction;
import dev.millrace.schema.function.FunctionSpec;
import dev.millrace.schema.id.RunRef;
import dev.millrace.schema.run.Manifest;
import dev.millrace.schema.run.Order;
import dev.millrace.schema.run.RunChannel.Followed;
import dev.millrace.schema.run.RunOutcome;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Secrets that are given another value, or removed, before a provider comes back to its runs. */
class ChangedSecretsTest {
  private static final String OLD = "the-old-secret-value";

  @TempDir Path data;

  /** Goes away at one place, as a provider that closes does. */
  private record GoingAway(String place, Path count) implements RunEvents {
    private void at(String here) {
      if (here.equals(place)) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void claimed(RunRef run) {
      at("claimed");
    }

    @Override
    public void started(RunRef run) {
      // The function has begun, whatever the machine has to do beside it.
      await().atMost(Duration.ofSeconds(30)).until(() -> Files.exists(count));
      at("started");
    }

    @Override
    public void ended(RunRef run, RunOutcome outcome) {
      at("ended");
    }
  }

  private Order order() {
    String script =
        "echo x >> "
            + data
            + "/count; echo \"$TOKEN\"; [ $GO = no ] && while [ ! -e "
            + data.resolve("go")
            + " ]; do sleep 0.05; done; echo \"$TOKEN\"; echo 1 > \"$TMP_OUTPUT_DIR/o\"";
    FunctionSpec plain = Samples.spec(script, Map.of("GO", "no"));
    FunctionSpec spec =
        new FunctionSpec(
            plain.name(),
            plain.origin(),
            plain.code(),
            plain.resources(),
            plain.rules(),
            plain.variables(),
            Map.of("TOKEN", "maps.key"),
            plain.trust(),
            plain.inputs(),
            plain.outputs(),
            plain.price(),
            plain.labels());
    return Samples.order(
        new DeployedFunction(Samples.FUNCTION, 3, spec, List.of(), Samples.NOW),
        Samples.input("a", 4, 5),
        Samples.limits());
  }

  /** Runs until the provider goes away, and then on with these secrets. */
  private RunOutcome across(Host host, String place, Map<String, String> then) throws Exception {
    host.bucket.put("input", "hello", 4);
    host.coordinator.secrets = Map.of("TOKEN", OLD);
    host.coordinator.followed = new Followed.Runs(7, List.of(host.ref.run()));
    if (place.equals("ended")) {
      Files.createFile(data.resolve("go"));
    }
    Order order = order();
    host.run(order);
    assertThat(Thread.interrupted()).isTrue();
    host.coordinator.secrets = then;
    host.restart(RunEvents.NONE);
    if (place.equals("started")) {
      Files.createFile(data.resolve("go"));
    }
    return host.services.leftOver().getFirst().apply(order);
  }

  private static boolean told(Host host) {
    return host.coordinator.printed.values().stream()
        .anyMatch(text -> new String(text.read(0, 1 << 20), StandardCharsets.UTF_8).contains(OLD));
  }

  /** The provider that went away may still have sent the log that it had masked itself. */
  private static void showsNothing(Host host) {
    Map<String, String> kept = host.bucket.under(host.prefix());
    assertThat(kept).containsKeys("out/o", "manifest");
    assertThat(kept.keySet()).isSubsetOf("out/o", "manifest", "log");
    assertThat(kept.values()).noneMatch(text -> text.contains(OLD));
  }

  @ParameterizedTest
  @ValueSource(strings = {"started", "ended"})
  void aRunWhoseSecretHasAnotherValueNowKeepsItsResultAndShowsNothing(String place)
      throws Exception {
    try (Host host = new Host(data, new GoingAway(place, data.resolve("count")))) {
      RunOutcome outcome = across(host, place, Map.of("TOKEN", "another-secret-value"));

      assertThat(outcome).isEqualTo(new RunOutcome.Succeeded());
      showsNothing(host);
      assertThat(host.manifest().logBytes()).isEqualTo(Manifest.LOG_LOST);
      assertThat(told(host)).isFalse();
      assertThat(data.resolve("count")).hasContent("x");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"started", "ended"})
  void aRunWhoseSecretIsGoneKeepsItsResultAndShowsNothing(String place) throws Exception {
    try (Host host = new Host(data, new GoingAway(place, data.resolve("count")))) {
      RunOutcome outcome = across(host, place, Map.of());

      assertThat(outcome).isEqualTo(new RunOutcome.Succeeded());
      showsNothing(host);
      assertThat(host.manifest().logBytes()).isEqualTo(Manifest.LOG_LOST);
      assertThat(told(host)).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"started", "ended"})
  void aSecretThatIsAsItWasIsMasked(String place) throws Exception {
    try (Host host = new Host(data, new GoingAway(place, data.resolve("count")))) {
      RunOutcome outcome = across(host, place, Map.of("TOKEN", OLD));

      assertThat(outcome).isEqualTo(new RunOutcome.Succeeded());
      assertThat(host.bucket.text(host.prefix() + "log")).isEqualTo("***\n***\n");
    }
  }

  @Test
  void aFunctionThatWasNotStartedYetIsStartedWithTheValueOfToday() throws Exception {
    Files.createFile(data.resolve("go"));
    try (Host host = new Host(data, new GoingAway("claimed", data.resolve("count")))) {
      RunOutcome outcome = across(host, "claimed", Map.of("TOKEN", "another-secret-value"));

      assertThat(outcome).isEqualTo(new RunOutcome.Succeeded());
      assertThat(host.bucket.text(host.prefix() + "log")).isEqualTo("***\n***\n");
    }
  }

  /** The coordinator hears of it at once, and the job waits until the secret is set. */
  @Test
  void aFunctionThatWasNotStartedYetIsNotStartedWithoutItsSecret() throws Exception {
    try (Host host = new Host(data, new GoingAway("claimed", data.resolve("count")))) {
      RunOutcome outcome = across(host, "claimed", Map.of());

      assertThat(outcome)
          .isInstanceOfSatisfying(
              RunOutcome.Broken.class,
              broken -> {
                assertThat(broken.reason()).contains("TOKEN");
                assertThat(broken.retryable()).isTrue();
              });
      assertThat(host.coordinator.settled).containsKey(host.ref.run());
      assertThat(data.resolve("count")).doesNotExist();
    }
  }

  @Test
  void whatIsKeptOfARunTellsNothingOfItsSecrets() throws Exception {
    Order order = order();
    try (Host host = new Host(data, new GoingAway("started", data.resolve("count")))) {
      host.bucket.put("input", "hello", 4);
      host.coordinator.secrets = Map.of("TOKEN", OLD);
      host.run(order);
      assertThat(Thread.interrupted()).isTrue();

      assertThat(data.resolve("runs").resolve(host.ref.run().value()).resolve("states"))
          .content(StandardCharsets.UTF_8)
          .contains("secretsMark")
          .doesNotContain(OLD);

      Files.createFile(data.resolve("go"));
      host.restart(RunEvents.NONE);
      host.services.leftOver().getFirst().apply(order);
    }
  }
}
