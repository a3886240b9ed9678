package dev.millrace.runtime.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.millrace.runtime.Samples;
import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.fleet.AcceleratorKind;
import dev.millrace.schema.fleet.Enforcement;
import dev.millrace.schema.fleet.MemoryMib;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The binding against a library that the C compiler makes of {@code fake-nvml.c}. */
class NvmlIT {
  @TempDir Path folder;

  private final List<DiscoveryProblem> told = new ArrayList<>();

  @BeforeAll
  static void needsACompiler() {
    boolean there =
        Stream.of(System.getenv("PATH").split(":"))
            .anyMatch(each -> Files.isExecutable(Path.of(each, "cc")));
    assumeThat(there).as("no C compiler (cc) on the PATH: install gcc to run this test").isTrue();
  }

  private Nvml driver(String... macros) throws Exception {
    Path source = folder.resolve("fake-nvml.c");
    try (InputStream in = NvmlIT.class.getResourceAsStream("fake-nvml.c")) {
      Files.write(source, in.readAllBytes());
    }
    Path library = folder.resolve("libnvidia-ml.so.1");
    List<String> command =
        new ArrayList<>(List.of("cc", "-shared", "-fPIC", "-w", "-o", library.toString()));
    for (String macro : macros) {
      command.add("-D" + macro);
    }
    command.add(source.toString());
    Process compiler = new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
    assertThat(compiler.waitFor()).isZero();
    return new Nvml(List.of("/nowhere/libnvidia-ml.so.1", library.toString()), told::add);
  }

  private static List<Accelerator> find(Nvml nvml) throws DiscoveryProblem {
    return nvml.find(Samples.PROVIDER, Samples.POOL);
  }

  @Test
  void aCardHasItsTotalWithoutWhatTheDriverKeeps() throws Exception {
    List<Accelerator> found = find(driver());

    assertThat(found).hasSize(1);
    Accelerator card = found.getFirst();
    assertThat(card.model()).isEqualTo("NVIDIA H100 80GB HBM3");
    assertThat(card.address()).isEqualTo("GPU-00000000-0000-0000-0000-0000000000ff");
    assertThat(card.memory()).isEqualTo(new MemoryMib(81559 - 480));
    assertThat(card.kind()).isEqualTo(AcceleratorKind.GPU);
    assertThat(card.enforcement()).isEqualTo(Enforcement.NONE);
    assertThat(card.simulated()).isFalse();
    assertThat(told).isEmpty();
  }

  @Test
  void theSameCardIsFoundAgain() throws Exception {
    Nvml nvml = driver("CARDS=2");

    assertThat(find(nvml)).hasSize(2).isEqualTo(find(nvml));
  }

  @Test
  void theDevicesOfACardThatIsCutAreFoundInsteadOfTheCard() throws Exception {
    List<Accelerator> found = find(driver("MIG=2"));

    assertThat(found)
        .extracting(Accelerator::address)
        .containsExactly(
            "MIG-00000000-0000-0000-0000-000000000000", "MIG-00000000-0000-0000-0000-000000000002");
    assertThat(found)
        .allSatisfy(part -> {
          assertThat(part.model()).isEqualTo("NVIDIA H100 80GB HBM3 MIG 1g.10gb");
          assertThat(part.memory()).isEqualTo(new MemoryMib(9984 - 15));
          assertThat(part.enforcement()).isEqualTo(Enforcement.HARDWARE);
        });
  }

  @Test
  void aCardWithMigButNoDevicesIsAProblemWithItsRemedy() throws Exception {
    Nvml nvml = driver("MIG=0");

    assertThatThrownBy(() -> find(nvml))
        .isInstanceOf(DiscoveryProblem.class)
        .hasMessageContaining("card 0")
        .hasMessageContaining("nvidia-smi -mig 0");
  }

  @Test
  void anOldDriverTellsWithoutTheNewFunctions() throws Exception {
    Nvml nvml = driver("OLD", "PROCESSES=2");

    assertThat(find(nvml).getFirst().memory()).isEqualTo(new MemoryMib(81559));
    assertThat(nvml.use().getFirst().processes().orElseThrow()).hasSize(2);
  }

  @Test
  void aCardThatIsLostDoesNotHideTheOthers() throws Exception {
    List<Accelerator> found = find(driver("CARDS=2", "LOST=0"));

    assertThat(found).hasSize(1);
    assertThat(told).hasSize(1);
    assertThat(told.getFirst()).hasMessageContaining("card 0").hasMessageContaining("GPU is lost");
  }

  @Test
  void aDriverThatIsNotLoadedIsSaid() throws Exception {
    Nvml nvml = driver("INIT=9");

    assertThatThrownBy(() -> find(nvml))
        .isInstanceOf(DiscoveryProblem.class)
        .hasMessageContaining("not loaded")
        .hasMessageContaining("modprobe nvidia");
  }

  @Test
  void aLibraryOfAnotherVersionIsSaid() throws Exception {
    Nvml nvml = driver("INIT=18");

    assertThatThrownBy(() -> find(nvml))
        .isInstanceOf(DiscoveryProblem.class)
        .hasMessageContaining("version mismatch (18)")
        .hasMessageContaining("restarted");
  }

  @Test
  void aCardWhoseMemoryIsNotToldIsAProblem() throws Exception {
    Nvml nvml = driver("NO_MEMORY");

    assertThatThrownBy(() -> find(nvml))
        .isInstanceOf(DiscoveryProblem.class)
        .hasMessageContaining("memory");
  }

  @Test
  void useIsToldByCardWithAllProcessesHoweverManyThereAre() throws Exception {
    DeviceUse use = driver("PROCESSES=100").use().getFirst();

    assertThat(use.address()).isEqualTo("GPU-00000000-0000-0000-0000-0000000000ff");
    assertThat(use.driver()).contains("580.159.04");
    assertThat(use.computePercent()).hasValue(37);
    assertThat(use.freeBytes()).isEqualTo((81559L - 480 - 120) << 20);
    List<DeviceUse.Process> processes = use.processes().orElseThrow();
    assertThat(processes).hasSize(100);
    assertThat(processes.getFirst().bytes()).isEmpty();
    assertThat(processes.getLast().pid()).isEqualTo(1099);
    assertThat(processes.getLast().bytes()).hasValue(99L << 20);
  }

  @Test
  void withMigThereIsNoUtilization() throws Exception {
    List<DeviceUse> uses = driver("MIG=1").use();

    assertThat(uses).hasSize(1);
    assertThat(uses.getFirst().computePercent()).isEmpty();
  }

  @Test
  void aLibraryThatIsNoneIsQuiet() throws Exception {
    Path broken = Files.writeString(folder.resolve("libnvidia-ml.so.1"), "no library\n");

    assertThat(find(new Nvml(List.of(broken.toString()), told::add))).isEmpty();
    assertThat(told).isEmpty();
  }
}
