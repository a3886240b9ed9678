package dev.millrace.orch.scaffold;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Samples, copied as they are. */
final class SamplesTest {
  @TempDir private Path folder;

  @Test
  void everySampleOfTheCheckoutIsKnown() throws IOException {
    Samples samples = new Samples(Path.of("").toAbsolutePath().resolve("../samples").normalize());

    assertThat(samples.names()).contains("sequence-alignment");
    assertThat(samples.draft("sequence-alignment").has("align.sh")).isTrue();
  }

  @Test
  void aCopyHasAllFilesAndProgramsStayPrograms() throws IOException {
    Path sample = Files.createDirectories(folder.resolve("samples/one/input")).getParent();
    Files.writeString(sample.resolve("function.yaml"), "functions:\n");
    Files.writeString(sample.resolve("run.sh"), "#!/bin/sh\n");
    assertThat(sample.resolve("run.sh").toFile().setExecutable(true)).isTrue();
    Files.writeString(sample.resolve("input/a"), "a");
    Files.createSymbolicLink(sample.resolve("link"), Path.of("run.sh"));

    new Samples(folder.resolve("samples")).draft("one").write(folder.resolve("copy"));

    assertThat(folder.resolve("copy/input/a")).hasContent("a");
    assertThat(Files.isExecutable(folder.resolve("copy/run.sh"))).isTrue();
    assertThat(folder.resolve("copy/link")).doesNotExist();
  }

  @Test
  void withoutACheckoutThereAreNone() throws IOException {
    assertThat(new Samples(folder.resolve("none")).names()).isEmpty();
  }
}
