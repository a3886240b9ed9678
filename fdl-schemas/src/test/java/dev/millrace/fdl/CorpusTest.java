package dev.millrace.fdl;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * Real files of others, read and compared with what was judged right for each. Their folder is the
 * system property {@code millrace.corpus.fdl}; they are not part of the project.
 */
class CorpusTest {
  private static final String FOLDER = "millrace.corpus.fdl";

  /** Their scripts are not in the corpus: every relative one is taken to be there. */
  private static final ScriptSource ANY =
      new ScriptSource() {
        @Override
        public Lookup<String> script(String path) {
          return path.startsWith("/")
              ? new Lookup.Refused<>("must be relative to the FDL file")
              : new Lookup.Found<>("true\n");
        }

        @Override
        public Lookup<Long> file(String path) {
          return new Lookup.Found<>(1L);
        }
      };

  @Test
  void everyFileComesOutAsItsContentDeserves() throws IOException {
    List<String> rows = new ArrayList<>();
    for (Path file : files()) {
      rows.add(row(file));
    }
    System.out.print(CorpusTable.of(rows));

    assertThat(rows).isEqualTo(expected());
  }

  @Test
  void everyFileThatIsReadIsValidByTheSchema() throws IOException {
    for (Path file : files()) {
      if (read(file).errors().isEmpty()) {
        JsonNode tree = new YAMLMapper().readTree(file.toFile());
        assertThat(FdlSchemaTest.SCHEMA.validate(tree)).as("%s", file.getFileName()).isEmpty();
      }
    }
  }

  @Test
  void everyFileThatIsReadIsConvertedAndMeansTheSame() throws IOException {
    for (Path file : files()) {
      FdlResult read = FdlReader.read("fn.yaml", Files.readAllBytes(file), Fdl.PATHS);
      Conversion conversion =
          FdlConverter.convert(
              List.of(new Conversion.Source("fn.yaml", Files.readAllBytes(file), "", Fdl.PATHS)));
      FdlResult again = FdlReader.read("new.yaml", conversion.yaml().getBytes(UTF_8), Fdl.PATHS);

      assertThat(conversion.errors().isEmpty()).isEqualTo(read.errors().isEmpty());
      if (read.errors().isEmpty()) {
        assertThat(again.functions())
            .as("%s", file.getFileName())
            .usingRecursiveComparison()
            .ignoringFields("origin")
            .isEqualTo(read.functions());
      }
    }
  }

  private static List<Path> files() throws IOException {
    String folder = System.getProperty(FOLDER, "");
    if (folder.isEmpty()) {
      System.out.println("CorpusTest skipped: give -D" + FOLDER + "=FOLDER with FDL files");
    }
    Assumptions.assumeFalse(folder.isEmpty(), "no folder given");
    try (Stream<Path> files = Files.list(Path.of(folder))) {
      return files.sorted().toList();
    }
  }

  private static FdlResult read(Path file) throws IOException {
    return FdlReader.read(file.getFileName().toString(), Files.readAllBytes(file), ANY);
  }

  private static String row(Path file) throws IOException {
    String name = file.getFileName().toString();
    FdlResult result = read(file);
    String problems =
        result.problems().stream()
            .map(p -> (p.isError() ? "E " : "W ") + lastKey(p.path()) + ": " + p.finding().what())
            .collect(Collectors.joining(" | "));
    return String.join(
        "\t",
        name,
        Integer.toString(result.functions().size()),
        Integer.toString(result.errors().size()),
        Integer.toString(result.warnings().size()),
        problems);
  }

  private static String lastKey(String path) {
    return path.substring(path.lastIndexOf('.') + 1);
  }

  private static List<String> expected() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(CorpusTest.class.getResourceAsStream("corpus-expected.tsv"))) {
      return new String(in.readAllBytes(), UTF_8).lines().skip(1).toList();
    }
  }
}
