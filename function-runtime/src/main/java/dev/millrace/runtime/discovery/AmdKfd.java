package dev.millrace.runtime.discovery;

import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.fleet.AcceleratorKind;
import dev.millrace.schema.fleet.Enforcement;
import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.id.AcceleratorId;
import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.id.ProviderId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * AMD cards, by the topology that the kernel's compute driver shows under {@code
 * /sys/class/kfd/kfd}. A node with SIMD units is a card; the address of a device is its render
 * node, {@code /dev/dri/renderD128}. Nothing limits a run's share of its memory.
 */
public final class AmdKfd implements Discovery {
  /** {@code HSA_HEAPTYPE_FRAME_BUFFER_PUBLIC} and {@code _PRIVATE}: memory on the card. */
  private static final List<String> ON_THE_CARD = List.of("1", "2");

  private static final long MIB = 1024 * 1024;

  private final Path root;
  private final Consumer<DiscoveryProblem> problems;

  /**
   * This host's files.
   *
   * @param problems told of single cards that are left out while others are found
   */
  public AmdKfd(Consumer<DiscoveryProblem> problems) {
    this(Path.of("/"), problems);
  }

  /**
   * @param root where {@code sys} lies
   */
  AmdKfd(Path root, Consumer<DiscoveryProblem> problems) {
    this.root = root;
    this.problems = problems;
  }

  @Override
  public List<Accelerator> find(ProviderId provider, PoolId pool) throws DiscoveryProblem {
    Path nodes = root.resolve("sys/class/kfd/kfd/topology/nodes");
    List<Accelerator> found = new ArrayList<>();
    List<DiscoveryProblem> leftOut = new ArrayList<>();
    for (String number : NvidiaFiles.names(nodes, "[0-9]*")) {
      Path node = nodes.resolve(number);
      Map<String, String> properties = properties(node.resolve("properties"));
      if (number(properties, "simd_count") > 0) {
        try {
          found.add(card(node, properties, provider, pool));
        } catch (DiscoveryProblem e) {
          leftOut.add(e);
        }
      }
    }
    if (found.isEmpty() && !leftOut.isEmpty()) {
      throw leftOut.getFirst();
    }
    leftOut.forEach(problems);
    return found;
  }

  private Accelerator card(
      Path node, Map<String, String> properties, ProviderId provider, PoolId pool)
      throws DiscoveryProblem {
    long minor = number(properties, "drm_render_minor");
    if (minor < 1) {
      throw new DiscoveryProblem(
          "the AMD card of " + node + " has no render node, so no run can be given it");
    }
    String address = "/dev/dri/renderD" + minor;
    long mib = memory(node, minor) / MIB;
    if (mib < 1) {
      throw new DiscoveryProblem(
          "the memory of the AMD card " + address + " is not known, so nothing is planned on it");
    }
    return new Accelerator(
        new AcceleratorId(provider + address),
        provider,
        pool,
        AcceleratorKind.GPU,
        model(node, properties),
        address,
        new MemoryMib(mib),
        0,
        Enforcement.NONE,
        false);
  }

  private static String model(Path node, Map<String, String> properties) {
    String target = String.valueOf(number(properties, "gfx_target_version"));
    String name = read(node.resolve("name")).orElse("").strip();
    return "AMD " + (name.isEmpty() ? "GPU" : name) + " gfx" + target;
  }

  /** The card's banks; where they are not shown, what its graphics driver says. */
  private long memory(Path node, long minor) {
    long sum = 0;
    for (String bank : NvidiaFiles.names(node.resolve("mem_banks"), "[0-9]*")) {
      Map<String, String> properties =
          properties(node.resolve("mem_banks").resolve(bank).resolve("properties"));
      if (ON_THE_CARD.contains(properties.getOrDefault("heap_type", ""))) {
        sum += number(properties, "size_in_bytes");
      }
    }
    if (sum > 0) {
      return sum;
    }
    String total = "sys/class/drm/renderD" + minor + "/device/mem_info_vram_total";
    return number(Map.of("total", read(root.resolve(total)).orElse("").strip()), "total");
  }

  private static Map<String, String> properties(Path file) {
    Map<String, String> found = new HashMap<>();
    for (String line : read(file).orElse("").split("\n")) {
      int blank = line.indexOf(' ');
      if (blank > 0) {
        found.put(line.substring(0, blank), line.substring(blank + 1).strip());
      }
    }
    return found;
  }

  private static long number(Map<String, String> properties, String key) {
    try {
      return Long.parseLong(properties.getOrDefault(key, "0"));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static Optional<String> read(Path file) {
    try {
      return Optional.of(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
