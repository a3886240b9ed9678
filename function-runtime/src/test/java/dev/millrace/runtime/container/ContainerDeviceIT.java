package dev.millrace.runtime.container;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.runtime.runner.RunEnd;
import dev.millrace.runtime.runner.Runner;
import dev.millrace.schema.fleet.AcceleratorKind;
import dev.millrace.schema.fleet.Enforcement;
import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.fleet.Slice;
import dev.millrace.schema.id.AcceleratorId;
import dev.millrace.schema.run.SliceGrant;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Devices arrive in the container where the engine has them, and are refused clearly elsewhere. */
class ContainerDeviceIT {
  private static final String MARK = "millrace-it-" + ProcessHandle.current().pid();
  private static final String SCRIPT =
      "echo \"card ${CARD:-none}\"; [ ! -c /dev/test-card ] || echo 'the node is there'";

  @TempDir Path home;

  static List<Named<Engines.Given>> engines() {
    return Engines.given();
  }

  static SliceGrant gpu(String address, boolean simulated) {
    return new SliceGrant(
        new Slice(new AcceleratorId("here/card"), new MemoryMib(512), 50),
        AcceleratorKind.GPU,
        address,
        Enforcement.NONE,
        simulated);
  }

  /** A specification, for as long as a test needs it. */
  private record Spec(Path file) implements AutoCloseable {
    static Spec write(Path folder, String kind, String device) throws Exception {
      Path file = folder.resolve(MARK + "-" + kind.replace('/', '-') + ".json");
      Files.writeString(
          file,
          """
          {"cdiVersion": "0.5.0", "kind": "%s", "devices": [{"name": "%s", "containerEdits": {
            "env": ["CARD=%s"],
            "deviceNodes": [{"path": "/dev/test-card", "hostPath": "/dev/null"}]}}]}
          """
              .formatted(kind, device, device));
      return new Spec(file);
    }

    @Override
    public void close() throws Exception {
      Files.deleteIfExists(file);
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void aDeviceOfAnyVendorArrivesByItsCdiName(Engines.Given given) throws Exception {
    try (DockerBench bench = DockerBench.on(given, home)) {
      DockerBench.Run run = bench.run();
      String vendor = "it" + ProcessHandle.current().pid() + ".example/card";
      run.slices(List.of(gpu(vendor + "=a1", false)));
      if (given.cdi().isEmpty()) {
        assertThat(run.refused(SCRIPT).reason())
            .contains(vendor + "=a1")
            .contains("use Docker Engine 25 or later");
        return;
      }
      try (Spec spec = Spec.write(given.cdi().get(), vendor, "a1")) {
        assertThat(run.ends(SCRIPT).ending()).isEqualTo(new RunEnd.Exited(0));
        assertThat(spec.file()).exists();
        assertThat(run.log()).isEqualTo("card a1\nthe node is there\n");
      }
      bench.awaitNothingLeft();
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void anNvidiaGpuArrivesByItsUuid(Engines.Given given) throws Exception {
    try (DockerBench bench = DockerBench.on(given, home)) {
      DockerBench.Run run = bench.run();
      String uuid = "GPU-11111111-2222-3333-4444-" + ProcessHandle.current().pid();
      run.slices(List.of(gpu(uuid, false)));
      if (given.cdi().isEmpty()) {
        Runner.Start.NotStarted refused = run.refused(SCRIPT);
        assertThat(refused.reason())
            .contains("could not select device driver")
            .contains("NVIDIA Container Toolkit");
        assertThat(refused.retryable()).isFalse();
        assertThat(bench.containers()).isEmpty();
        return;
      }
      try (Spec spec = Spec.write(given.cdi().get(), "nvidia.com/gpu", uuid)) {
        assertThat(run.ends(SCRIPT).ending()).isEqualTo(new RunEnd.Exited(0));
        assertThat(spec.file()).exists();
        assertThat(run.log()).isEqualTo("card " + uuid + "\nthe node is there\n");
      }
      bench.awaitNothingLeft();
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void aDeviceThatTheEngineDoesNotKnowIsSaid(Engines.Given given) throws Exception {
    try (DockerBench bench = DockerBench.on(given, home)) {
      DockerBench.Run run = bench.run();
      run.slices(List.of(gpu("nobody.example/card=7", false)));

      Runner.Start.NotStarted refused = run.refused(SCRIPT);

      assertThat(refused.reason()).contains("nobody.example/card=7");
      assertThat(refused.retryable()).isFalse();
      assertThat(bench.containers()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void aSimulatedDeviceAsksNothing(Engines.Given given) throws Exception {
    try (DockerBench bench = DockerBench.on(given, home)) {
      DockerBench.Run run = bench.run();
      run.slices(List.of(gpu("SIM-gpu-0", true)));

      assertThat(run.ends(SCRIPT).ending()).isEqualTo(new RunEnd.Exited(0));
      assertThat(run.log()).isEqualTo("card none\n");
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void aDeviceFileIsPassedOn(Engines.Given given) throws Exception {
    try (DockerBench bench = DockerBench.on(given, home)) {
      DockerBench.Run run = bench.run();
      run.slices(List.of(gpu("/dev/loop-control", false)));

      run.ends("[ -c /dev/loop-control ] && echo there");

      assertThat(run.log()).isEqualTo("there\n");
    }
  }
}
