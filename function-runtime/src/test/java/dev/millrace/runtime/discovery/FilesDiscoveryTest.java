package dev.millrace.runtime.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.runtime.Samples;
import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.fleet.AcceleratorKind;
import dev.millrace.schema.fleet.MemoryMib;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilesDiscoveryTest {
  private static final String NODES = "sys/class/kfd/kfd/topology/nodes/";
  private static final long GIB = 1L << 30;

  @TempDir Path root;

  private final List<DiscoveryProblem> told = new ArrayList<>();

  private void file(String path, String text) throws Exception {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private List<Accelerator> nvidia() throws DiscoveryProblem {
    return new NvidiaFiles(root).find(Samples.PROVIDER, Samples.POOL);
  }

  private List<Accelerator> amd() throws DiscoveryProblem {
    return new AmdKfd(root, told::add).find(Samples.PROVIDER, Samples.POOL);
  }

  @Test
  void aHostWithoutCardsHasNone() throws Exception {
    file("dev/nvidiactl", "");
    file("dev/nvidia-uvm", "");

    assertThat(nvidia()).isEmpty();
    assertThat(amd()).isEmpty();
    assertThat(new Nvml(List.of("libmillrace-is-no-driver.so.1"), told::add).use()).isEmpty();
    assertThat(told).isEmpty();
  }

  @Test
  void nvidiaNodesAloneAreAProblemSinceTheirMemoryIsNotKnown() throws Exception {
    file("dev/nvidia0", "");
    file("dev/nvidia1", "");

    assertThatThrownBy(this::nvidia)
        .isInstanceOf(DiscoveryProblem.class)
        .hasMessageContaining("nvidia0, nvidia1")
        .hasMessageContaining("memory is not known")
        .hasMessageContaining("install");
  }

  @Test
  void nvidiaCardsAreNamedAsTheKernelsDriverDoes() throws Exception {
    file(
        "proc/driver/nvidia/gpus/0000:00:06.0/information",
        "Model: \t\t NVIDIA H100 80GB HBM3\nIRQ:   \t\t 11\nGPU UUID: \t GPU-1234\n");
    file("proc/driver/nvidia/gpus/0000:00:07.0/information", "");

    assertThatThrownBy(this::nvidia)
        .hasMessageContaining("(NVIDIA H100 80GB HBM3 GPU-1234, 0000:00:07.0)");
  }

  @Test
  void aCardUnderWindowsIsSaid() throws Exception {
    file("dev/dxg", "");

    assertThatThrownBy(this::nvidia).hasMessageContaining("/dev/dxg").hasMessageContaining("WSL");
  }

  @Test
  void theFirstWayThatFindsSomethingIsBelieved() throws Exception {
    file("dev/nvidia0", "");
    Discovery found = Simulated.gpus(1, "card", new MemoryMib(100));
    Discovery nothing = (provider, pool) -> List.of();

    assertThat(
            new FirstOf(List.of(nothing, found, new NvidiaFiles(root)))
                .find(Samples.PROVIDER, Samples.POOL))
        .hasSize(1);
    assertThatThrownBy(() ->
            new FirstOf(List.of(nothing, new NvidiaFiles(root), found))
                .find(Samples.PROVIDER, Samples.POOL))
        .isInstanceOf(DiscoveryProblem.class);
  }

  @Test
  void anAmdCardIsItsRenderNodeWithTheMemoryOnTheCard() throws Exception {
    file(NODES + "0/properties", "cpu_cores_count 16\nsimd_count 0\n");
    file(NODES + "0/mem_banks/0/properties", "heap_type 0\nsize_in_bytes 68719476736\n");
    file(
        NODES + "1/properties",
        "cpu_cores_count 0\nsimd_count 416\ndrm_render_minor 129\ngfx_target_version 90010\n");
    file(NODES + "1/name", "aldebaran\n");
    file(NODES + "1/mem_banks/0/properties", "heap_type 1\nsize_in_bytes " + 64 * GIB + "\n");

    List<Accelerator> found = amd();

    assertThat(found).hasSize(1);
    Accelerator card = found.getFirst();
    assertThat(card.kind()).isEqualTo(AcceleratorKind.GPU);
    assertThat(card.address()).isEqualTo("/dev/dri/renderD129");
    assertThat(card.model()).isEqualTo("AMD aldebaran gfx90010");
    assertThat(card.memory()).isEqualTo(new MemoryMib(64 * 1024));
    assertThat(card.simulated()).isFalse();
  }

  @Test
  void theGraphicsDriverTellsTheMemoryWhereTheBanksDoNot() throws Exception {
    file(NODES + "1/properties", "simd_count 80\ndrm_render_minor 128\n");
    file("sys/class/drm/renderD128/device/mem_info_vram_total", 8 * GIB + "\n");

    assertThat(amd().getFirst().memory()).isEqualTo(new MemoryMib(8 * 1024));
  }

  @Test
  void anAmdCardWithoutMemoryOrNodeIsToldAndDoesNotHideTheOthers() throws Exception {
    file(NODES + "1/properties", "simd_count 80\ndrm_render_minor 128\n");
    file(NODES + "2/properties", "simd_count 80\ndrm_render_minor minus one\n");
    file(NODES + "3/properties", "simd_count 80\ndrm_render_minor 130\n");
    file(NODES + "3/mem_banks/0/properties", "heap_type 2\nsize_in_bytes " + GIB + "\n");

    assertThat(amd()).extracting(Accelerator::address).containsExactly("/dev/dri/renderD130");
    assertThat(told).hasSize(2);
    assertThat(told.get(0)).hasMessageContaining("/dev/dri/renderD128");
    assertThat(told.get(1)).hasMessageContaining("no render node");
  }

  @Test
  void anAmdCardAloneWithoutKnownMemoryIsTheProblem() throws Exception {
    file(NODES + "1/properties", "simd_count 80\ndrm_render_minor 128\n");

    assertThatThrownBy(this::amd)
        .isInstanceOf(DiscoveryProblem.class)
        .hasMessageContaining("memory");
  }
}
