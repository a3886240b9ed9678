package dev.millrace.orch.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * The machine itself: JDK, kernel, memory, limits, clock.
 *
 * @param proc {@code /proc}
 * @param etc {@code /etc}
 */
public record Host(Path proc, Path etc) {
  private static final int JDK = 25;
  private static final long MEMORY_MIN = 1L << 30;
  private static final long FILES_MIN = 4096;
  private static final long TASKS_MIN = 1024;

  /** What it looks at. */
  public List<Check> checks() {
    return List.of(
        new Check("java", () -> List.of(java(Runtime.version().feature()))),
        new Check("system", () -> List.of(system())),
        new Check("memory", () -> List.of(memory())),
        new Check("limits", this::limits),
        new Check("clock", () -> List.of(clock())));
  }

  /** A JDK of this version. */
  Finding java(int feature) {
    String said = Runtime.version() + ", " + System.getProperty("java.home", "");
    return feature >= JDK
        ? Finding.ok("java", said)
        : Finding.bad(
            "java",
            said,
            "install a JDK " + JDK + " (https://adoptium.net) and set JAVA_HOME to it");
  }

  /** Kernel and distribution. */
  Finding system() throws IOException {
    String name = System.getProperty("os.name", "");
    String said =
        distribution().map(d -> d + ", ").orElse("")
            + name
            + " "
            + System.getProperty("os.version", "")
            + ", "
            + System.getProperty("os.arch", "");
    return name.equals("Linux")
        ? Finding.ok("system", said)
        : Finding.bad("system", said, "providers run on Linux alone: use a machine with it");
  }

  private Optional<String> distribution() throws IOException {
    Path file = etc.resolve("os-release");
    if (!Files.isReadable(file)) {
      return Optional.empty();
    }
    return Files.readAllLines(file).stream()
        .filter(line -> line.startsWith("PRETTY_NAME="))
        .map(line -> line.substring("PRETTY_NAME=".length()).replace("\"", ""))
        .findFirst();
  }

  /** Memory that programs can still have. */
  Finding memory() throws IOException {
    long total = kib("MemTotal:");
    long free = kib("MemAvailable:");
    String said =
        mib(free)
            + " MiB of "
            + mib(total)
            + " MiB free, this program may take "
            + mib(Runtime.getRuntime().maxMemory())
            + " MiB";
    return free >= MEMORY_MIN
        ? Finding.ok("memory", said)
        : Finding.warn("memory", said, "end other programs, or give the machine more memory");
  }

  private long kib(String name) throws IOException {
    for (String line : Files.readAllLines(proc.resolve("meminfo"))) {
      if (line.startsWith(name)) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
      }
    }
    return 0;
  }

  private static long mib(long bytes) {
    return bytes >> 20;
  }

  /** Open files, and processes. */
  List<Finding> limits() throws IOException {
    List<Finding> found = new ArrayList<>();
    for (String line : Files.readAllLines(proc.resolve("self/limits"))) {
      if (line.startsWith("Max open files")) {
        found.add(limit("open files", line, FILES_MIN, "ulimit -n " + FILES_MIN));
      } else if (line.startsWith("Max processes")) {
        found.add(limit("processes", line, TASKS_MIN, "ulimit -u " + TASKS_MIN));
      }
    }
    return found;
  }

  private static Finding limit(String what, String line, long least, String command) {
    String[] words = line.substring("Max open files".length()).strip().split("\\s+");
    OptionalLong soft =
        words[0].matches("[0-9]+")
            ? OptionalLong.of(Long.parseLong(words[0]))
            : OptionalLong.empty();
    String said = what + ": " + words[0];
    return soft.isEmpty() || soft.getAsLong() >= least
        ? Finding.ok("limits", said)
        : Finding.warn("limits", said + ", " + least + " are wanted", "raise it: " + command);
  }

  /** Whether the kernel's clock is kept by somebody. */
  Finding clock() throws IOException, InterruptedException {
    Optional<String> answer = told("timedatectl", "show", "-p", "NTPSynchronized", "--value");
    return switch (answer.orElse("").toLowerCase(Locale.ROOT)) {
      case "yes" -> Finding.ok("clock", "synchronised with a time server");
      case "no" ->
          Finding.warn(
              "clock",
              "not synchronised with a time server",
              "start one that does: timedatectl set-ntp true, or chrony");
      default ->
          Finding.unknown(
              "clock",
              "whether it is synchronised cannot be told from here",
              "ask what keeps it: 'chronyc tracking', 'ntpq -p', or the host of this container");
    };
  }

  private static Optional<String> told(String... command) throws IOException, InterruptedException {
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      // There is no such program here.
      return Optional.empty();
    }
    try {
      if (!process.waitFor(3, TimeUnit.SECONDS) || process.exitValue() != 0) {
        return Optional.empty();
      }
      return Optional.of(
          new String(
                  process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)
              .strip());
    } finally {
      process.destroyForcibly();
    }
  }
}
