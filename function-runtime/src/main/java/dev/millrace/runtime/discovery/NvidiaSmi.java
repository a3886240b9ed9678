package dev.millrace.runtime.discovery;

import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.id.ProviderId;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * NVIDIA cards, by what {@code nvidia-smi -q -x} says. A host without that program has none; a
 * program that fails, hangs or says what cannot be understood is a problem.
 */
public final class NvidiaSmi implements Discovery {
  private static final long OUTPUT_MAX = 16L * 1024 * 1024;

  private final List<Path> candidates;
  private final Duration timeout;

  /** The program in the usual places, given ten seconds. */
  public NvidiaSmi() {
    this(
        List.of(
            Path.of("/usr/bin/nvidia-smi"),
            Path.of("/usr/local/bin/nvidia-smi"),
            Path.of("/usr/local/nvidia/bin/nvidia-smi"),
            Path.of("/usr/lib/wsl/lib/nvidia-smi")),
        Duration.ofSeconds(10));
  }

  /**
   * @param candidates where the program may lie; the first that is there is used
   */
  public NvidiaSmi(List<Path> candidates, Duration timeout) {
    this.candidates = List.copyOf(candidates);
    this.timeout = timeout;
  }

  @Override
  public List<Accelerator> find(ProviderId provider, PoolId pool) throws DiscoveryProblem {
    for (Path program : candidates) {
      if (Files.isExecutable(program)) {
        return new NvidiaReport(provider, pool).read(output(program));
      }
    }
    return List.of();
  }

  private byte[] output(Path program) throws DiscoveryProblem {
    Path file = null;
    try {
      file = Files.createTempFile("nvidia-smi", ".xml");
      run(program, file);
      if (Files.size(file) > OUTPUT_MAX) {
        throw new DiscoveryProblem(program + " said more than " + OUTPUT_MAX + " bytes");
      }
      return Files.readAllBytes(file);
    } catch (DiscoveryProblem e) {
      throw e;
    } catch (IOException e) {
      throw new DiscoveryProblem(program + " could not be run: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DiscoveryProblem("interrupted while " + program + " ran", e);
    } finally {
      if (file != null) {
        file.toFile().delete();
      }
    }
  }

  private void run(Path program, Path file) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(program.toString(), "-q", "-x")
            .redirectInput(Redirect.from(new File("/dev/null")))
            .redirectOutput(file.toFile())
            .redirectError(Redirect.DISCARD)
            .start();
    try {
      if (!process.waitFor(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new DiscoveryProblem(
            program + " did not answer within " + timeout.toMillis() + " ms");
      }
      if (process.exitValue() != 0) {
        throw new DiscoveryProblem(
            program + " ended with " + process.exitValue() + ": is the driver loaded?");
      }
    } finally {
      process.destroyForcibly();
    }
  }
}
