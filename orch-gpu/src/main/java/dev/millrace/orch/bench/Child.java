package dev.millrace.orch.bench;

import dev.millrace.orch.api.view.DeployRequest;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.orch.client.CoordinatorFile;
import dev.millrace.schema.object.ObjectStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A coordinator in a process of its own, on a data folder. */
final class Child implements AutoCloseable {
  private static final Duration START = Duration.ofMinutes(2);
  private static final Duration STOP = Duration.ofSeconds(60);
  private static final Pattern USED = Pattern.compile("total [0-9]+K, used ([0-9]+)K");

  private final Bench bench;
  private final Process process;
  private final Path data;
  private final double readySeconds;
  private final CoordinatorClient client;
  private final ObjectStore store;

  /**
   * How it is started.
   *
   * @param options of the JVM
   * @param before words before the command, for instance of a tracer
   * @param arguments after {@code up --data DATA --config FILE}
   */
  record How(List<String> options, List<String> before, List<String> arguments) {
    static final How USUAL = new How(List.of(), List.of(), List.of());

    static How with(String... options) {
      return new How(List.of(options), List.of(), List.of());
    }
  }

  private Child(Bench bench, Process process, Path data, double readySeconds) throws IOException {
    this.bench = bench;
    this.process = process;
    this.data = data;
    this.readySeconds = readySeconds;
    this.client =
        new CoordinatorClient(
            CoordinatorFile.read(data).orElseThrow().uri(),
            Files.readString(data.resolve("token")).strip());
    this.store = bench.ground().store(data);
  }

  /** Starts it, and waits until it says that it is ready. */
  static Child up(Bench bench, Path data, Path config, How how)
      throws IOException, InterruptedException {
    List<String> arguments =
        new ArrayList<>(List.of("up", "--data", data.toString(), "--config", config.toString()));
    arguments.addAll(List.of("--port", "0"));
    if (!how.arguments().contains("--store-port")) {
      arguments.addAll(List.of("--store-port", "0"));
    }
    arguments.addAll(how.arguments());
    List<String> command = new ArrayList<>(how.before());
    command.addAll(bench.ground().program(how.options(), arguments));
    Path out = Path.of(data + ".out");
    Path err = Path.of(data + ".err");
    long began = bench.ticker().nanos();
    Process process =
        bench.own(
            new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start());
    bench
        .pause()
        .until(
            START,
            "a coordinator that is ready",
            () -> {
              if (!process.isAlive()) {
                throw new IOException(
                    "the coordinator has ended: "
                        + (Files.readString(out) + Files.readString(err)).strip());
              }
              return Files.readString(out).lines().anyMatch(line -> line.startsWith("ready"));
            });
    return new Child(bench, process, data, bench.secondsSince(began));
  }

  /** From the start of the process to the line that says so. */
  double readySeconds() {
    return readySeconds;
  }

  CoordinatorClient client() {
    return client;
  }

  ObjectStore store() {
    return store;
  }

  void deploy(String fdl) throws IOException {
    client.deploy(new DeployRequest("bench.yaml", fdl, Map.of(), Map.of(), false));
  }

  private ProcessHandle jvm() throws IOException {
    long pid = CoordinatorFile.read(data).orElseThrow().pid();
    return ProcessHandle.of(pid).orElseThrow(() -> new IOException("the coordinator has ended"));
  }

  /** Processor time that it used so far, its children's not. */
  Duration used() throws IOException {
    return jvm().info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** What lives in its heap after a collection, in MiB, by the JDK's jcmd. */
  double heapMib() throws IOException, InterruptedException {
    jcmd("GC.run");
    Matcher used = USED.matcher(jcmd("GC.heap_info"));
    long kib = 0;
    while (used.find()) {
      kib += Long.parseLong(used.group(1));
    }
    if (kib == 0) {
      throw new IOException("jcmd says nothing of a heap");
    }
    return kib / 1024.0;
  }

  private String jcmd(String word) throws IOException, InterruptedException {
    String program = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    Process asked =
        new ProcessBuilder(program, Long.toString(jvm().pid()), word)
            .redirectErrorStream(true)
            .start();
    String answer = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    asked.waitFor();
    return answer;
  }

  @Override
  public void close() throws IOException, InterruptedException {
    store.close();
    client.close();
    if (process.isAlive()) {
      jvm().destroy();
      if (!process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException("the coordinator did not stop in " + STOP.toSeconds() + " s");
      }
    }
  }

  Bench bench() {
    return bench;
  }
}
