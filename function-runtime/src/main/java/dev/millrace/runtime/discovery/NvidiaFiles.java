package dev.millrace.runtime.discovery;

import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.id.ProviderId;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * NVIDIA cards by the files that the kernel's driver shows. They do not tell how much memory a card
 * has, and without that nothing can be planned on it: so cards that only these files show are a
 * problem that is told, never a device.
 */
public final class NvidiaFiles implements Discovery {
  private final Path root;

  /** This host's files. */
  public NvidiaFiles() {
    this(Path.of("/"));
  }

  /**
   * @param root where {@code dev} and {@code proc} lie
   */
  NvidiaFiles(Path root) {
    this.root = root;
  }

  @Override
  public List<Accelerator> find(ProviderId provider, PoolId pool) throws DiscoveryProblem {
    List<String> nodes = names(root.resolve("dev"), "nvidia[0-9]*");
    List<String> cards = cards();
    if (!nodes.isEmpty() || !cards.isEmpty()) {
      throw new DiscoveryProblem(
          "NVIDIA cards are there ("
              + (cards.isEmpty() ? String.join(", ", nodes) : String.join(", ", cards))
              + ") but their memory is not known, so nothing is planned on them: install the"
              + " driver's libnvidia-ml.so.1 or nvidia-smi of the same version");
    }
    if (Files.exists(root.resolve("dev/dxg"))) {
      throw new DiscoveryProblem(
          "a graphics card is reached by /dev/dxg but its memory is not known, so nothing is"
              + " planned on it: install NVIDIA's driver for WSL on the Windows host, which brings"
              + " /usr/lib/wsl/lib/libnvidia-ml.so.1");
    }
    return List.of();
  }

  /** Model and UUID of each, as {@code /proc/driver/nvidia} tells. */
  private List<String> cards() {
    Path folder = root.resolve("proc/driver/nvidia/gpus");
    List<String> cards = new ArrayList<>();
    for (String name : names(folder, "*")) {
      cards.add(card(folder.resolve(name).resolve("information"), name));
    }
    return cards;
  }

  private static String card(Path file, String slot) {
    try {
      String known =
          new String(Files.readAllBytes(file), StandardCharsets.UTF_8)
              .lines()
              .filter(line -> line.startsWith("Model:") || line.startsWith("GPU UUID:"))
              .map(line -> line.substring(line.indexOf(':') + 1).strip())
              .collect(Collectors.joining(" "));
      return known.isEmpty() ? slot : known;
    } catch (IOException e) {
      return slot;
    }
  }

  /** Names of what is in a folder; none where it cannot be read. */
  static List<String> names(Path folder, String glob) {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, glob)) {
      entries.forEach(entry -> names.add(entry.getFileName().toString()));
    } catch (IOException e) {
      return List.of();
    }
    names.sort(null);
    return names;
  }
}
