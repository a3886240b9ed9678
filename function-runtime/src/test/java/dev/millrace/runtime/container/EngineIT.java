package dev.millrace.runtime.container;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The engine's own calls, on each engine. */
class EngineIT {
  static List<Named<Engines.Given>> engines() {
    return Engines.given();
  }

  private static ContainerSpec spec(String name, String script) {
    return new ContainerSpec(
        name,
        Engines.IMAGE,
        new ContainerSpec.Command(
            List.of("/bin/sh", "-c", script), Map.of("COLOUR", "blue"), "65534:65534", false),
        new ContainerSpec.Confinement(
            64L << 20, 1000, 64, 1L << 30, 16L << 20, List.of(), false, 1L << 20),
        Map.of("dev.millrace.test", name),
        List.of(),
        DeviceAsk.NOTHING);
  }

  @ParameterizedTest
  @MethodSource("engines")
  void aContainerLivesFromCreateToRemove(Engines.Given given) throws Exception {
    try (Engine engine = given.open()) {
      String name = given.name("life");
      engine.remove(name);
      String id = engine.create(spec(name, "echo $COLOUR; echo no >&2; exit 3"));

      assertThat(engine.inspect(name).orElseThrow().phase())
          .isEqualTo(ContainerState.Phase.CREATED);
      assertThatThrownBy(() -> engine.create(spec(name, "true")))
          .isInstanceOf(EngineException.class)
          .extracting(e -> ((EngineException) e).kind())
          .isEqualTo(EngineException.Kind.CONFLICT);
      engine.start(id);
      engine.start(id);
      assertThat(engine.await(id)).isEqualTo(3);
      assertThat(engine.list(Map.of("dev.millrace.test", name))).hasSize(1);
      ByteArrayOutputStream log = new ByteArrayOutputStream();
      engine.logs(id, log);
      assertThat(log.toString(UTF_8)).contains("blue\n").contains("no\n");
      engine.stop(id, Duration.ZERO);
      engine.kill(id);
      engine.remove(id);
      assertThat(engine.inspect(id)).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void aFurtherCommandRunsInIt(Engines.Given given) throws Exception {
    try (Engine engine = given.open()) {
      String name = given.name("exec");
      engine.remove(name);
      String id = engine.create(spec(name, "exec sleep 600"));
      try {
        engine.start(id);
        ByteArrayOutputStream said = new ByteArrayOutputStream();

        int code =
            engine.exec(
                id,
                new ExecSpec(
                    List.of("/bin/sh", "-c", "id -u; echo $A; exit 5"),
                    Map.of("A", "b c"),
                    "65534:65534"),
                said);

        assertThat(code).isEqualTo(5);
        assertThat(said.toString(UTF_8)).isEqualTo("65534\nb c\n");
      } finally {
        engine.remove(id);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void theVersionThatIsSpokenIsOneThatTheEngineHas(Engines.Given given) throws Exception {
    try (Engine engine = given.open()) {
      assertThat(engine.facts().api()).matches("1\\.4[1-4]");
      assertThat(engine.facts().cdi()).isEqualTo(given.cdi().isPresent());
    }
  }
}
