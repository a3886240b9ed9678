package dev.millrace.orch.bench;

import dev.millrace.schema.time.Ticker;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A run: what its suites share, and what they found. */
public final class Bench {
  private static final Duration STOP = Duration.ofSeconds(10);
  private static final Duration KILL = Duration.ofSeconds(2);
  private static final int REMOVALS = 20;

  private final Means means;
  private final Options options;
  private final Path folder;
  private final Pause pause;
  private final List<Figure> figures = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final Set<Process> processes = ConcurrentHashMap.newKeySet();
  private volatile boolean over;
  private int folders;

  /**
   * What a run is given.
   *
   * @param progress is told what is done at the moment
   */
  public record Means(
      Ground ground, InstantSource clock, Consumer<String> progress, String version) {}

  /**
   * How a run was asked.
   *
   * @param quick fewer and shorter rounds: half a minute a suite on a quiet machine
   * @param image of the containers that are measured, where an engine answers
   * @param folder on the disk that is meant; what the run makes in it, it takes away
   */
  public record Options(boolean quick, String image, Path folder) {}

  private Bench(Means means, Options options, Path folder) {
    this.means = means;
    this.options = options;
    this.folder = folder;
    this.pause = new Pause(means.ground().ticker());
  }

  /** Measures in a folder of its own, which is gone afterwards. */
  public static Report run(Means means, Options options, List<Suite> suites)
      throws IOException, InterruptedException {
    Files.createDirectories(options.folder());
    Path folder = Files.createTempDirectory(options.folder(), "millrace-bench-");
    Bench bench = new Bench(means, options, folder);
    Thread end = Thread.ofPlatform().unstarted(bench::abandon);
    Runtime.getRuntime().addShutdownHook(end);
    try {
      Witness witness = new Witness(bench.pause);
      for (Suite suite : suites) {
        suite.measure(bench);
      }
      return new Report(
          means.clock().instant(),
          means.version(),
          options.quick(),
          witness.soFar(),
          bench.figures,
          bench.notes);
    } catch (IOException | RuntimeException e) {
      if (bench.over) {
        // Cut off: what failed did so because its coordinator was stopped, and the program ends.
        bench.pause.millis(STOP.toMillis() * REMOVALS);
      }
      throw e;
    } finally {
      if (!bench.over) {
        Runtime.getRuntime().removeShutdownHook(end);
      }
      bench.abandon();
    }
  }

  Ground ground() {
    return means.ground();
  }

  Ticker ticker() {
    return means.ground().ticker();
  }

  InstantSource clock() {
    return means.clock();
  }

  Pause pause() {
    return pause;
  }

  boolean quick() {
    return options.quick();
  }

  String image() {
    return options.image();
  }

  /** Rounds of each measurement. */
  int rounds() {
    return options.quick() ? 2 : 5;
  }

  /** The one or the other. */
  int quickOr(int quick, int full) {
    return options.quick() ? quick : full;
  }

  /** How long one round of something shall take. */
  Duration round() {
    return Duration.ofMillis(quickOr(700, 2_000));
  }

  /** A new folder of the run. */
  Path folder(String name) throws IOException {
    folders++;
    return Files.createDirectory(folder.resolve(name + "-" + folders));
  }

  void doing(String what) {
    means.progress().accept(what);
  }

  void add(Figure figure) {
    figures.add(figure);
  }

  void note(String note) {
    notes.add(note);
  }

  double secondsSince(long began) {
    return (means.ground().ticker().nanos() - began) / 1e9;
  }

  /** What is started for the run ends with it. */
  Process own(Process process) {
    processes.add(process);
    if (over) {
      process.destroyForcibly();
    }
    return process;
  }

  /** Also when the run is interrupted, or has failed: nothing that it started is left. */
  private synchronized void abandon() {
    over = true;
    List<ProcessHandle> all = new ArrayList<>();
    for (Process process : processes) {
      process.descendants().forEach(all::add);
      all.add(process.toHandle());
      // A coordinator that is asked takes its workers and kept containers with it.
      process.destroy();
    }
    processes.forEach(process -> ended(process.toHandle(), STOP));
    all.forEach(ProcessHandle::destroyForcibly);
    all.forEach(each -> ended(each, KILL));
    for (int tries = REMOVALS; tries > 0; tries--) {
      try {
        remove(folder);
        return;
      } catch (IOException e) {
        // Something wrote into it meanwhile.
        if (tries == 1) {
          System.err.println("millrace: " + folder + " is left: " + e.getMessage());
        }
      }
    }
  }

  private static void ended(ProcessHandle process, Duration longest) {
    try {
      process.onExit().get(longest.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      // It is killed next, or past help.
    }
  }

  static void remove(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure) {
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
              throws IOException {
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
