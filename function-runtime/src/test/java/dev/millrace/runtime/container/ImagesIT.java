package dev.millrace.runtime.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.millrace.runtime.runner.RunEnd;
import dev.millrace.runtime.runner.Runner;
import dev.millrace.schema.time.Ticker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Images that are here, that a registry has, and that nobody has. */
class ImagesIT {
  @TempDir Path home;

  static List<Named<Engines.Given>> engines() {
    return Engines.given();
  }

  /** {@code 127.0.0.1:PORT} of a registry that may be written to. */
  private static String registry() {
    String found = System.getenv("MILLRACE_REGISTRY");
    if (found == null || found.isBlank()) {
      abort("no registry: set MILLRACE_REGISTRY, or run infra/checks/engines.sh");
    }
    return found;
  }

  private static String docker(Engines.Given given, String... arguments) throws Exception {
    List<String> line = new ArrayList<>(List.of("docker", "--host", given.host().toString()));
    line.addAll(List.of(arguments));
    Path out = Files.createTempFile("docker", ".out");
    Process process =
        new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(out.toFile()).start();
    String said = process.waitFor() == 0 ? "" : Files.readString(out);
    assertThat(said).as("%s", line).isEmpty();
    String answer = Files.readString(out).strip();
    Files.delete(out);
    return answer;
  }

  /** An image with other settings than the one it is made of. */
  private static String image(Engines.Given given, String name, String... changes)
      throws Exception {
    String container = docker(given, "create", Engines.IMAGE, "/bin/true");
    List<String> commit = new ArrayList<>(List.of("commit"));
    for (String change : changes) {
      commit.add("--change");
      commit.add(change);
    }
    commit.add(container);
    commit.add(name);
    docker(given, commit.toArray(new String[0]));
    docker(given, "rm", container);
    return name;
  }

  @ParameterizedTest
  @MethodSource("engines")
  void withoutAScriptTheImagesOwnCommandRuns(Engines.Given given) throws Exception {
    String image =
        image(
            given,
            "millrace-test/own:" + ProcessHandle.current().pid(),
            "ENTRYPOINT [\"/bin/sh\", \"-c\"]",
            "CMD [\"pwd; echo $SET $TMPDIR\"]",
            "ENV SET=here",
            "WORKDIR /usr/share");
    try (DockerBench bench = DockerBench.on(given, home)) {
      DockerBench.Run own = bench.run();
      own.image(image);
      assertThat(own.ends(null).ending()).isEqualTo(new RunEnd.Exited(0));
      assertThat(own.log()).isEqualTo("/usr/share\nhere /tmp\n");

      DockerBench.Run scripted = bench.run();
      scripted.image(image);
      scripted.ends("pwd; echo $SET");
      assertThat(scripted.log()).isEqualTo("/usr/share\nhere\n");

      DockerBench.Run nothing = bench.run();
      assertThat(nothing.refused(null).reason()).contains("give the function a script");
      bench.awaitNothingLeft();
    } finally {
      docker(given, "rmi", image);
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void aVolumeThatAnImageAsksForIsBoundedScratchAndGoesWithIt(Engines.Given given)
      throws Exception {
    String image =
        image(
            given,
            "millrace-test/volume:" + ProcessHandle.current().pid(),
            "VOLUME /usr/share/common-licenses");
    try (DockerBench bench = DockerBench.on(given, home)) {
      String before = docker(given, "volume", "ls", "-q");
      DockerBench.Run run = bench.run();
      run.image(image);

      RunEnd end =
          run.ends(
              """
              cd /usr/share/common-licenses; [ -e BSD ] || echo fresh
              echo mine > own && cat own
              cat /dev/zero > fill; exit 0
              """);

      assertThat(end.ending()).isEqualTo(new RunEnd.Exited(0));
      assertThat(run.log()).contains("fresh\nmine\n").contains("No space left on device");
      bench.awaitNothingLeft();
      assertThat(docker(given, "volume", "ls", "-q")).isEqualTo(before);
    } finally {
      docker(given, "rmi", image);
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void anImageThatNobodyHasIsSaid(Engines.Given given) throws Exception {
    try (DockerBench bench = DockerBench.on(given, home)) {
      DockerBench.Run run = bench.run();
      run.image("127.0.0.1:9/no/such:1");
      Runner.Start.NotStarted refused = run.refused("true");
      assertThat(refused.reason())
          .contains("image 127.0.0.1:9/no/such:1 is not on this host")
          .contains("is its registry reachable");
      assertThat(refused.retryable()).isTrue();

      run.image("Not A Name");
      assertThat(run.refused("true").retryable()).isFalse();

      run.image(registry() + "/no/such:1");
      refused = run.refused("true");
      assertThat(refused.reason()).contains("check its name");
      assertThat(refused.retryable()).isFalse();
      assertThat(bench.containers()).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("engines")
  void anImageIsPulledOnceForAllThatWait(Engines.Given given) throws Exception {
    String image = registry() + "/once-" + given.label() + ":" + ProcessHandle.current().pid();
    docker(given, "tag", Engines.IMAGE, image);
    docker(given, "push", "-q", image);
    docker(given, "rmi", image);
    List<String> told = new CopyOnWriteArrayList<>();
    PullObserver observer =
        new PullObserver() {
          @Override
          public void progress(String name, Progress progress) {
            told.add("progress");
          }

          @Override
          public void ended(String name, boolean present) {
            told.add(name + " " + present);
          }
        };
    Images images = new Images(observer, Ticker.system());
    try (Engine engine = given.open();
        ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Images.Presence>> all = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        all.add(pool.submit(() -> images.ensure(engine, image)));
      }
      for (Future<Images.Presence> each : all) {
        assertThat(each.get()).isEqualTo(new Images.Presence.Present(List.of()));
      }
    } finally {
      docker(given, "rmi", image);
    }
    assertThat(told).containsOnlyOnce(image + " true");
  }

  @ParameterizedTest
  @MethodSource("engines")
  void anImageIsPulledByItsDigest(Engines.Given given) throws Exception {
    String repository = registry() + "/digest-" + given.label();
    String image = repository + ":" + ProcessHandle.current().pid();
    docker(given, "tag", Engines.IMAGE, image);
    String pushed = docker(given, "push", image);
    docker(given, "rmi", image);
    String digest = pushed.replaceAll("(?s).*(sha256:[0-9a-f]{64}).*", "$1");
    try (DockerBench bench = DockerBench.on(given, home)) {
      DockerBench.Run run = bench.run();
      run.image(repository + "@" + digest);

      assertThat(run.ends("echo by digest").ending()).isEqualTo(new RunEnd.Exited(0));
      assertThat(run.log()).isEqualTo("by digest\n");

      DockerBench.Run other = bench.run();
      other.image(repository + "@sha256:" + "0".repeat(64));
      assertThat(other.refused("true").retryable()).isFalse();
    } finally {
      docker(given, "rmi", repository + "@" + digest);
    }
  }
}
