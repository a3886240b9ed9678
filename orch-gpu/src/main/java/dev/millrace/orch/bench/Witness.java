package dev.millrace.orch.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** Watches what the machine does besides, from Linux's counters where they are. */
final class Witness {
  private static final Path STAT = Path.of("/proc/stat");
  private static final Path PROCESSORS = Path.of("/proc/cpuinfo");
  private static final int IDLE = 3;
  private static final int WAITING = 4;
  private static final int STOLEN = 7;

  private final double loadBefore = load();
  private final double busy;
  private final long[] began;

  /** Looks for as long as {@code pause} takes. */
  Witness(Pause pause) throws IOException, InterruptedException {
    long[] before = ticks();
    pause.millis(500);
    this.began = ticks();
    this.busy = 100 * (1 - share(before, began, IDLE) - share(before, began, WAITING));
  }

  Circumstances soFar() throws IOException {
    boolean known = began.length > STOLEN;
    return new Circumstances(
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        processor(),
        Runtime.getRuntime().availableProcessors(),
        Runtime.version().toString(),
        loadBefore,
        load(),
        known ? busy : -1,
        known ? 100 * share(began, ticks(), STOLEN) : -1);
  }

  private static double load() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }

  private static double share(long[] before, long[] after, int column) {
    if (before.length <= column || after.length <= column) {
      return 0;
    }
    long all = Arrays.stream(after).limit(8).sum() - Arrays.stream(before).limit(8).sum();
    return all <= 0 ? 0 : (double) (after[column] - before[column]) / all;
  }

  private static long[] ticks() throws IOException {
    if (!Files.isReadable(STAT)) {
      return new long[0];
    }
    String[] words = Files.readAllLines(STAT).getFirst().trim().split(" +");
    return Arrays.stream(words).skip(1).mapToLong(Long::parseLong).toArray();
  }

  private static String processor() throws IOException {
    Optional<String> model = Optional.empty();
    if (Files.isReadable(PROCESSORS)) {
      model =
          Files.readAllLines(PROCESSORS).stream()
              .filter(line -> line.startsWith("model name"))
              .map(line -> line.substring(line.indexOf(':') + 1).strip())
              .findFirst();
    }
    return model.orElse(System.getProperty("os.arch"));
  }
}
