package dev.millrace.orch.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.desk.FrontDesk;
import dev.millrace.schema.object.ListedObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of buckets may have 63 letters: they are there to be copied, and never cut. */
final class NarrowTerminalTest {
  private static final String LONGEST =
      "bucket-with-the-longest-name-that-there-may-be-".repeat(2).substring(0, 62) + "x";

  @TempDir private Path folder;
  private Shell shell;

  @BeforeEach
  void start() throws IOException {
    shell = new Shell(folder);
  }

  @AfterEach
  void stop() {
    shell.close();
  }

  private List<String> lines(int columns, String... words) {
    shell.forget();
    assertThat(shell.runOnATerminal(columns, words)).as(shell.err()).isZero();
    return shell.out().lines().map(l -> l.replaceAll("\u001b\\[[0-9;]*m", "")).toList();
  }

  private static ListedObject row(String key) {
    return new ListedObject(key, "ab".repeat(16), 1234, Instant.parse("2026-05-06T07:08:09Z"));
  }

  @ParameterizedTest
  @CsvSource({"100, 84", "80, 75", "40, 63"})
  void aBucketIsListedWholeWithAsMuchOfItsTimeAsThereIsRoomFor(int columns, int width) {
    shell.desk.objects.put(LONGEST, List.of());

    assertThat(lines(columns, "ls")).singleElement().asString().endsWith(LONGEST).hasSize(width);
  }

  @Test
  void shortNamesKeepTheTimeOnAnyTerminal() {
    shell.desk.objects.put("queries", List.of());

    assertThat(lines(40, "ls")).singleElement().asString().matches(".* ..:..:..  queries");
    assertThat(shell.run("ls")).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {40, 54, 55, 80})
  void objectsFitTheTerminalWithMostOfTheirKeys(int columns) {
    shell.desk.objects.put("queries", List.of(row("in/" + "k".repeat(200) + "/end.fa")));
    shell.desk.folders.add("in/" + "f".repeat(200) + "/");

    assertThat(lines(columns, "ls", "s3://queries/in/"))
        .hasSize(2)
        .allSatisfy(line -> assertThat(line).hasSize(columns))
        .anyMatch(line -> line.endsWith("/end.fa"));
  }

  @Test
  void deploySaysPlacesWholeOnLinesOfTheirOwn() throws IOException {
    Files.writeString(folder.resolve("f.yaml"), "functions: {}");
    shell.desk.furnish(
        """
        functions:
          millrace:
            - name: f
              runner: process
              memory: 64Mi
              script: |
                true
              input:
                - {storage_provider: millrace.default, path: %s/in}
              output:
                - {storage_provider: millrace.default, path: short/out}
        """
            .formatted(LONGEST));
    shell.desk.nextDeployment =
        new FrontDesk.Deployment.Done(List.copyOf(shell.desk.functions.values()), List.of());

    assertThat(lines(80, "deploy", "f.yaml"))
        .containsSequence("  drop files into", "    s3://" + LONGEST + "/in/")
        .contains("  results come to s3://short/out/")
        .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
    assertThat(lines(40, "deploy", "f.yaml"))
        .containsSequence("  drop files into", "s3://" + LONGEST + "/in/");
    shell.forget();
    assertThat(shell.run("deploy", "f.yaml")).isZero();
    assertThat(shell.out()).contains("  drop files into s3://" + LONGEST + "/in/\n");
  }
}
