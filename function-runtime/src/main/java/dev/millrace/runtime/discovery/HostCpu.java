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
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The host's processors and memory as one device: what {@code /proc/meminfo} has in all, or less
 * where a control group of version 1 or 2 on the way to this process limits it.
 */
public final class HostCpu implements Discovery {
  private static final long KIB_PER_MIB = 1024;
  private static final long BYTES_PER_MIB = 1024 * 1024;

  private final Path root;
  private final int cores;

  /** This host's; the JDK counts the processors, control groups respected. */
  public HostCpu() {
    this(Path.of("/"), Runtime.getRuntime().availableProcessors());
  }

  /**
   * @param root where {@code proc} and {@code sys} lie
   */
  HostCpu(Path root, int cores) {
    this.root = root;
    this.cores = cores;
  }

  @Override
  public List<Accelerator> find(ProviderId provider, PoolId pool) throws DiscoveryProblem {
    long mib = Math.min(total(), limit());
    if (mib < 1) {
      throw new DiscoveryProblem("the host's memory is said to be " + mib + " MiB");
    }
    return List.of(
        new Accelerator(
            new AcceleratorId(provider + "/cpu"),
            provider,
            pool,
            AcceleratorKind.CPU,
            model(),
            "cpu",
            new MemoryMib(mib),
            cores,
            Enforcement.WATCHDOG,
            false));
  }

  private long total() throws DiscoveryProblem {
    Path file = root.resolve("proc/meminfo");
    String text = read(file).orElseThrow(() -> new DiscoveryProblem(file + " cannot be read"));
    return text.lines()
        .filter(line -> line.startsWith("MemTotal:"))
        .map(line -> number(line.replaceAll("[^0-9]", "")))
        .flatMapToLong(OptionalLong::stream)
        .map(kib -> kib / KIB_PER_MIB)
        .findFirst()
        .orElseThrow(() -> new DiscoveryProblem(file + " tells no MemTotal"));
  }

  /** The smallest limit on the way up from this process's groups. */
  private long limit() {
    long least = Long.MAX_VALUE;
    for (String line : read(root.resolve("proc/self/cgroup")).orElse("").split("\n")) {
      String[] parts = line.split(":", 3);
      if (parts.length == 3 && parts[1].isEmpty()) {
        least = Math.min(least, least("sys/fs/cgroup", parts[2], "memory.max"));
      } else if (parts.length == 3 && List.of(parts[1].split(",")).contains("memory")) {
        least = Math.min(least, least("sys/fs/cgroup/memory", parts[2], "memory.limit_in_bytes"));
      }
    }
    return least;
  }

  private long least(String mount, String group, String file) {
    Path top = root.resolve(mount).normalize();
    Path at = root.resolve(mount + "/" + group).normalize();
    long least = Long.MAX_VALUE;
    while (at != null && at.startsWith(top)) {
      OptionalLong bytes = number(read(at.resolve(file)).orElse("").strip());
      least = Math.min(least, bytes.orElse(Long.MAX_VALUE) / BYTES_PER_MIB);
      at = at.getParent();
    }
    return least;
  }

  private String model() {
    return read(root.resolve("proc/cpuinfo"))
        .orElse("")
        .lines()
        .filter(line -> line.startsWith("model name"))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("CPU");
  }

  private static OptionalLong number(String text) {
    try {
      return OptionalLong.of(Long.parseLong(text));
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
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
