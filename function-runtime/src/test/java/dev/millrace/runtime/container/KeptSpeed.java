package dev.millrace.runtime.container;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.runtime.Samples;
import dev.millrace.runtime.process.Allowed;
import dev.millrace.runtime.process.ProcessRunner;
import dev.millrace.runtime.process.ProcessSettings;
import dev.millrace.runtime.process.ProcessWorkers;
import dev.millrace.runtime.resident.ResidentRunner;
import dev.millrace.runtime.runner.Keep;
import dev.millrace.runtime.runner.RunEnd;
import dev.millrace.schema.time.Ticker;
import java.io.BufferedInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Prints, and judges nothing; infra/checks/kept-speed.sh runs it. */
class KeptSpeed {
  private static final int CALLERS = 4;
  private static final int EACH = 10;

  /** A worker that does nothing, in a language that every Debian has. */
  private static final String WORKER =
      """
      exec perl -e '
        $| = 1;
        sub say1 { print length($_[0]), "\\n", $_[0] }
        say1("{\\"millrace\\":1}");
        while (defined($n = <STDIN>)) {
          read(STDIN, $j, $n);
          $j =~ /"job":"([^"]+)"/ or last;
          say1("{\\"job\\":\\"$1\\",\\"exit\\":0}");
        }'
      """;

  @TempDir Path home;

  static List<Named<Engines.Given>> engines() {
    return Engines.given();
  }

  @ParameterizedTest
  @MethodSource("engines")
  void eachWayBesideItsFloor(Engines.Given given) throws Exception {
    try (KeptBench bench = KeptBench.on(given, home)) {
      System.out.printf("engine %s%n", given.label());
      floor("docker run", 20, command(given, run()));
      jobs("fresh container", 20, () -> bench.run("true").keep(Keep.NOTHING));
      atOnce("floor: docker run", command(given, run()));
      atOnce(
          "fresh container",
          () -> bench.run("true").keep(Keep.NOTHING).ends().equals(new RunEnd.Exited(0)));
      KeptBench.Run first = bench.run("true");
      first.ends();
      String kept = bench.containers().getFirst().id();
      floor(
          "docker exec",
          40,
          command(given, List.of("exec", "-u", "65534:65534", kept, "/bin/sh", "-c", "true")));
      jobs("kept container", 40, () -> bench.run("true"));
      pipe();
      jobs("worker in a container", 1000, () -> bench.new Run(WORKER, new Keep(1, 1, true)));
      ProcessRunner process =
          new ProcessRunner(ProcessSettings.of(Samples.PROVIDER, new Allowed.Everything()));
      bench.runner.close();
      bench.runner =
          new ResidentRunner(
              process,
              new ProcessWorkers(process, home.resolve("workers")),
              new ResidentRunner.Times(
                  InstantSource.system(), Ticker.system(), Duration.ofMinutes(1)));
      jobs("worker as a process", 1000, () -> bench.new Run(WORKER, new Keep(1, 1, true)));
      jobs("fresh process", 40, () -> bench.new Run("true", Keep.NOTHING));
    }
  }

  /** The rate of so many callers, each doing one after the other. */
  private static void atOnce(String what, Callable<Boolean> once) throws Exception {
    assertThat(once.call()).isTrue();
    List<Callable<Void>> callers = new ArrayList<>();
    for (int caller = 0; caller < CALLERS; caller++) {
      callers.add(() -> {
        for (int i = 0; i < EACH; i++) {
          assertThat(once.call()).isTrue();
        }
        return null;
      });
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(CALLERS)) {
      long from = System.nanoTime();
      for (Future<Void> caller : threads.invokeAll(callers)) {
        caller.get();
      }
      System.out.printf(
          Locale.ROOT,
          "  %-26s %6d jobs  %9.1f jobs/s, %d at once%n",
          what,
          CALLERS * EACH,
          CALLERS * EACH * 1e9 / (System.nanoTime() - from),
          CALLERS);
    }
  }

  /** As hardened as a function's. */
  private static List<String> run() {
    return List.of(
        "run",
        "--rm",
        "--init",
        "--network=none",
        "--read-only",
        "--cap-drop=ALL",
        "--security-opt=no-new-privileges",
        "--user=65534:65534",
        "--pids-limit=64",
        "--memory=512m",
        "--memory-swap=512m",
        "--cpus=1",
        "--ipc=private",
        "--tmpfs=/tmp:rw,exec,nosuid,nodev,size=16m",
        Engines.IMAGE,
        "/bin/sh",
        "-c",
        "true");
  }

  private static Callable<Boolean> command(Engines.Given given, List<String> line) {
    List<String> whole = new ArrayList<>(List.of("docker"));
    whole.addAll(line);
    return () -> {
      ProcessBuilder builder = new ProcessBuilder(whole).redirectErrorStream(true);
      builder.environment().put("DOCKER_HOST", given.host().toString());
      return builder.redirectOutput(Redirect.DISCARD).start().waitFor() == 0;
    };
  }

  private static void floor(String what, int count, Callable<Boolean> once) throws Exception {
    assertThat(once.call()).isTrue();
    long[] nanos = new long[count];
    for (int i = 0; i < count; i++) {
      long from = System.nanoTime();
      assertThat(once.call()).isTrue();
      nanos[i] = System.nanoTime() - from;
    }
    print("floor: " + what, nanos);
  }

  private static void jobs(String what, int count, Callable<KeptBench.Run> make) throws Exception {
    assertThat(make.call().ends()).isEqualTo(new RunEnd.Exited(0));
    long[] nanos = new long[count];
    for (int i = 0; i < count; i++) {
      KeptBench.Run run = make.call();
      long from = System.nanoTime();
      RunEnd.Ending ending = run.ends();
      nanos[i] = System.nanoTime() - from;
      assertThat(ending).isEqualTo(new RunEnd.Exited(0));
    }
    print(what, nanos);
  }

  /** The same worker over the same kind of pipe, without a runner and without folders. */
  private static void pipe() throws Exception {
    Process worker = new ProcessBuilder("/bin/sh", "-c", WORKER).start();
    try (InputStream in = new BufferedInputStream(worker.getInputStream());
        OutputStream out = worker.getOutputStream()) {
      answer(in);
      String body = "{\"job\":\"01jd0000000000000000000000\",\"x\":\"" + "x".repeat(400) + "\"}\n";
      byte[] frame = (body.length() + "\n" + body).getBytes(StandardCharsets.UTF_8);
      floor(
          "pipe round trip",
          1000,
          () -> {
            out.write(frame);
            out.flush();
            return answer(in);
          });
    } finally {
      worker.destroyForcibly();
    }
  }

  private static boolean answer(InputStream in) throws Exception {
    int length = 0;
    for (int digit = in.read(); digit != '\n'; digit = in.read()) {
      length = length * 10 + digit - '0';
    }
    return in.readNBytes(length).length == length;
  }

  private static void print(String what, long[] nanos) {
    long sum = Arrays.stream(nanos).sum();
    Arrays.sort(nanos);
    System.out.printf(
        Locale.ROOT,
        "  %-26s %6d jobs  %9.1f jobs/s  p50 %9.3f ms  p99 %9.3f ms%n",
        what,
        nanos.length,
        nanos.length * 1e9 / sum,
        nanos[nanos.length / 2] / 1e6,
        nanos[(int) (nanos.length * 0.99)] / 1e6);
  }
}
