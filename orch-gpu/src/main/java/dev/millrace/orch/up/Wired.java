package dev.millrace.orch.up;

import dev.millrace.orch.bench.Ground;
import dev.millrace.orch.command.DemoOptions;
import dev.millrace.orch.command.FdlFiles;
import dev.millrace.orch.command.Lifecycle;
import dev.millrace.orch.command.Paint;
import dev.millrace.orch.command.PartOptions;
import dev.millrace.orch.command.Terminal;
import dev.millrace.orch.command.UpOptions;
import dev.millrace.orch.command.Upkeep;
import dev.millrace.orch.command.Version;
import dev.millrace.orch.config.ConfigReader;
import dev.millrace.orch.config.MillraceConfig;
import dev.millrace.schema.fleet.Accelerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** What {@code up} and {@code demo} start. */
public final class Wired implements Lifecycle {
  private static final int FAILED = 1;

  /** The configuration file's name in a data folder. */
  static final String CONFIG = "millrace.yaml";

  /** What commands want to know of FDL files. */
  public static FdlFiles fdl() {
    return new LocalFdlFiles();
  }

  @Override
  public int up(UpOptions options) {
    Terminal terminal = options.terminal();
    long began = System.nanoTime();
    try {
      Path file = options.config().orElse(options.data().resolve(CONFIG));
      if (options.config().isPresent() && !Files.exists(file)) {
        throw new IOException("there is no configuration file " + file);
      }
      MillraceConfig read = new ConfigReader(System::getenv).read(file);
      MillraceConfig config =
          read.withPorts(
              options.port().orElse(read.api().port()),
              options.storePort().orElse(read.store().port()));
      if (terminal.interactive()) {
        terminal.line("Starting on " + options.data().normalize() + " ...");
      }
      Machine machine = Machine.start(config, options.data(), Version.current());
      CountDownLatch stopped = new CountDownLatch(1);
      Runtime.getRuntime()
          .addShutdownHook(
              Thread.ofPlatform()
                  .unstarted(() -> {
                    terminal.line("stopping...");
                    machine.close();
                    terminal.line("stopped; functions that run go on");
                    stopped.countDown();
                  }));
      greet(terminal, machine, options.data(), (System.nanoTime() - began) / 1_000_000);
      StorePart.crowded(config, options.data()).ifPresent(terminal::tell);
      stopped.await();
      return 0;
    } catch (IOException e) {
      terminal.tell("millrace: " + e.getMessage());
      return FAILED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  private static void greet(Terminal terminal, Machine machine, Path data, long millis) {
    Path shown = data.normalize();
    terminal.line(terminal.paint(Paint.GOOD, "ready") + " after " + millis + " ms");
    terminal.line("  store  " + machine.storeEndpoint());
    terminal.line("         keys: . " + shown.resolve(StoreEnvironment.NAME));
    terminal.line("  api    " + machine.apiEndpoint());
    for (Accelerator device : machine.devices()) {
      terminal.line(shown(device));
    }
    terminal.line("  data   " + shown);
    terminal.say("next: millrace deploy function.yaml, or Ctrl-C to stop");
  }

  static String shown(Accelerator device) {
    return "  device "
        + device.id()
        + ": "
        + device.model()
        + ", "
        + device.memory()
        + (device.simulated() ? " (simulated)" : "");
  }

  /** One of the processes. */
  @FunctionalInterface
  private interface Work {
    void run(Processes processes) throws IOException, InterruptedException;
  }

  private static int alone(PartOptions options, Work work) {
    Processes processes = new Processes(options);
    try {
      work.run(processes);
      return 0;
    } catch (IOException e) {
      options.terminal().tell("millrace: " + e.getMessage());
      processes.close();
      return FAILED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  @Override
  public int store(PartOptions options) {
    return alone(options, Processes::store);
  }

  @Override
  public int coordinator(PartOptions options) {
    return alone(options, Processes::coordinator);
  }

  @Override
  public int provider(PartOptions options) {
    return alone(options, Processes::provider);
  }

  @Override
  public Upkeep upkeep() {
    return new LocalUpkeep();
  }

  @Override
  public Ground ground() {
    return new BenchGround();
  }

  @Override
  public int demo(DemoOptions options) {
    try {
      return new Demo(options).run();
    } catch (IOException e) {
      options.terminal().tell("millrace: the demo failed: " + e.getMessage());
      return FAILED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return FAILED;
    }
  }
}
