package dev.millrace.orch.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.desk.Jobs;
import dev.millrace.orch.journal.JobState;
import dev.millrace.schema.object.ListedObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a shell is offered; infra/checks/completion.sh presses TAB in real ones. */
@Timeout(30)
final class OfferCommandTest {
  @TempDir Path folder;
  private Shell shell;

  @BeforeEach
  void start() throws IOException {
    shell = new Shell(folder);
    shell.desk.objects.put(
        "queries", rows("in/a b.fa", "in/x=1", ".millrace/own", "in/\u001b[31m"));
    shell.desk.objects.put("quarry", List.of());
    shell.desk.objects.put("results", List.of());
    shell.desk.furnish(
        """
        functions:
          millrace:
          - {name: align, image: debian, script: "true\\n"}
          - {name: shrink, image: debian, script: "true\\n"}
        """);
    shell.desk.add(Jobs.view(1, JobState.DEAD, "a"));
    shell.desk.add(Jobs.view(2, JobState.RUNNING, "b"));
  }

  @AfterEach
  void stop() {
    shell.close();
  }

  private static List<ListedObject> rows(String... keys) {
    return List.of(keys).stream()
        .map(
            key -> new ListedObject(key, "ab".repeat(16), 1, Instant.parse("2026-05-06T07:08:09Z")))
        .toList();
  }

  private List<String> offered(String... words) {
    List<String> line = new ArrayList<>(List.of("offer", "--"));
    line.addAll(List.of(words));
    shell.forget();
    assertThat(shell.run(line.toArray(String[]::new))).isZero();
    assertThat(shell.err()).isEmpty();
    return shell.out().lines().toList();
  }

  @Test
  void bucketsAreOfferedByTheirBeginning() {
    assertThat(offered("get", ""))
        .containsExactly("s3://quarry/", "s3://queries/", "s3://results/");
    assertThat(offered("ls", "s3")).hasSize(3);
    assertThat(offered("explain", "s3:/")).hasSize(3);
    assertThat(offered("put", "x", "y", "s3://qu"))
        .containsExactly("s3://quarry/", "s3://queries/");
    assertThat(offered("jobs", "--bucket", "re")).containsExactly("results");
    assertThat(offered("get", "s3://none")).isEmpty();
  }

  @Test
  void objectsAndFoldersAreOfferedWithoutOnesOwn() {
    shell.desk.folders.add("in/old/");

    assertThat(offered("get", "s3://queries/in/"))
        .containsExactly("s3://queries/in/old/", "s3://queries/in/a b.fa", "s3://queries/in/x=1");
    assertThat(offered("get", "s3://queries/in/x")).containsExactly("s3://queries/in/x=1");
    assertThat(offered("ls", "s3://queries/.")).containsExactly("s3://queries/.millrace/own");
    assertThat(offered("get", "s3://none/x")).isEmpty();
    assertThat(offered("get", "s3:///x")).isEmpty();
  }

  @Test
  void aHundredAreEnough() {
    shell.desk.objects.put(
        "many", rows(IntStream.range(0, 300).mapToObj(n -> "k" + n).toArray(String[]::new)));

    assertThat(offered("get", "s3://many/k")).hasSize(KnownNames.MAX);
  }

  @Test
  void functionsAndJobsAreOfferedWhereTheyAreMeant() {
    assertThat(offered("functions", "")).containsExactlyInAnyOrder("align", "shrink");
    assertThat(offered("remove", "al")).containsExactly("align");
    assertThat(offered("jobs", "--json", "--function", "sh")).containsExactly("shrink");
    assertThat(offered("job", "")).hasSize(2);
    assertThat(offered("logs", "-f", Jobs.id(1).value())).containsExactly(Jobs.id(1).value());
    assertThat(offered("cancel", "")).containsExactly(Jobs.id(2).value());
    assertThat(offered("redrive", "x", "")).containsExactly(Jobs.id(1).value());
  }

  @Test
  void optionsOfTheLineSayWhoIsAsked() throws Exception {
    Files.move(shell.data, folder.resolve("elsewhere"));

    assertThat(offered("get", "s3://re")).isEmpty();
    assertThat(offered("get", "--data", "elsewhere", "s3://re")).containsExactly("s3://results/");
    assertThat(offered("get", "--data=elsewhere", "s3://re")).containsExactly("s3://results/");
    assertThat(offered("get", "s3://x/y", "--of", "s3://re", "--data")).isEmpty();
    assertThat(
            offered(
                "ls",
                "--endpoint",
                shell.server.endpoint().toString(),
                "--token-file",
                "elsewhere/token",
                "s3://re"))
        .containsExactly("s3://results/");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "get",
        "get s3://queries/in/x file",
        "get --da",
        "get --data ",
        "init --name a",
        "jbos a",
        "get --endpoint ftp://x s3://",
        "get --endpoint :: s3://",
        "ledger show 1",
        "get --token-file none s3://",
        "get --data /dev/null s3://",
        "--",
        "offer -- get s3://"
      })
  void nothingIsOfferedAndNothingSaidElsewhere(String line) {
    assertThat(offered(line.split(" ", -1))).isEmpty();
  }

  @Test
  void whoDoesNotAnswerIsNotWaitedFor() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      long began = System.nanoTime();

      assertThat(offered("get", "--endpoint", "http://127.0.0.1:" + silent.getLocalPort(), "s3://"))
          .isEmpty();

      assertThat((System.nanoTime() - began) / 1_000_000).isLessThan(5_000);
    }
    shell.server.close();
    assertThat(offered("get", "s3://")).isEmpty();
  }
}
