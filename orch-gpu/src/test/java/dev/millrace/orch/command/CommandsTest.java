package dev.millrace.orch.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.millrace.orch.api.view.ProblemView;
import dev.millrace.orch.desk.Jobs;
import dev.millrace.orch.journal.JobState;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.json.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What commands ask of a coordinator, and what they say where it does not answer. */
final class CommandsTest {
  @TempDir Path folder;
  private Shell shell;

  @BeforeEach
  void start() throws IOException {
    shell = new Shell(folder);
  }

  @AfterEach
  void stop() {
    shell.close();
  }

  @Test
  void listsJobsWithBeginningsThatItTakesBack() {
    shell.desk.add(Jobs.view(1, JobState.DEAD, "a.fa"));
    shell.desk.add(Jobs.view(2, JobState.SUCCEEDED, "b.fa"));

    assertThat(shell.run("jobs")).isZero();

    String shortId = shell.out().lines().skip(1).findFirst().orElseThrow().split(" ")[0];
    shell.forget();
    assertThat(shell.run("job", shortId)).isZero();
    assertThat(shell.out()).contains(Jobs.id(2).value(), "s3://queries/b.fa", "succeeded");
  }

  @Test
  void pagesThroughAThousandJobsAndMore() throws Exception {
    for (int n = 0; n < 1234; n++) {
      shell.desk.add(Jobs.view(n, JobState.SUCCEEDED, "k" + n));
    }

    shell.run("jobs", "--max", "1200", "--json");

    assertThat(Json.tree(shell.printed()).size()).isEqualTo(1200);
  }

  @Test
  void saysThatNobodyAnswersAndWhatToDo() {
    shell.server.close();

    assertThat(shell.run("jobs")).isEqualTo(Exit.NOBODY);
    assertThat(shell.run("jobs", "--data", "elsewhere")).isEqualTo(Exit.NOBODY);
    assertThat(shell.err().lines())
        .hasSize(2)
        .allSatisfy(l -> assertThat(l).contains("millrace up"));
  }

  @Test
  void saysThatTheTokenIsWrong() throws Exception {
    Files.writeString(shell.data.resolve("token"), "another-token-than-the-coordinator-knows");

    assertThat(shell.run("gpus")).isEqualTo(Exit.TOKEN);
    assertThat(shell.run("gpus", "--token-file", "nowhere")).isEqualTo(Exit.TOKEN);
    assertThat(shell.err().lines())
        .hasSize(2)
        .allSatisfy(l -> assertThat(l).contains("--token-file"));
  }

  @Test
  void neverShowsWhatItTookForAToken() throws Exception {
    Files.writeString(folder.resolve("key"), "a secret\nof two lines");
    Files.writeString(folder.resolve("none"), "\n");
    Files.write(folder.resolve("bytes"), new byte[] {(byte) 0xc3, 0x28});

    for (String file : List.of("key", "none", "bytes")) {
      assertThat(shell.run("gpus", "--token-file", file)).as(file).isEqualTo(Exit.TOKEN);
    }
    assertThat(shell.err()).doesNotContain("secret").contains("--token-file");
  }

  @Test
  void saysWhatIsNotThere() {
    assertThat(shell.run("job", "01k9")).isEqualTo(Exit.FAILED);
    assertThat(shell.run("logs", "01k9")).isEqualTo(Exit.FAILED);
    assertThat(shell.run("remove", "align")).isEqualTo(Exit.FAILED);
    assertThat(shell.run("cancel", "01k9")).isEqualTo(Exit.FAILED);
    assertThat(shell.run("ledger", "show", "7")).isEqualTo(Exit.FAILED);
    assertThat(shell.run("ledger", "prove", "7")).isEqualTo(Exit.FAILED);
    assertThat(shell.err().lines()).hasSize(6).noneMatch(line -> line.contains("/v1/"));
  }

  @Test
  void aFileWithValuesOfSecretsIsNotSentWhereTheyWouldBeRefusedOnTheWay() throws Exception {
    List<String> sent = new CopyOnWriteArrayList<>();
    HttpServer far =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    far.createContext(
        "/",
        exchange -> {
          byte[] asked = exchange.getRequestBody().readAllBytes();
          sent.add(exchange.getRequestURI() + " " + new String(asked, StandardCharsets.UTF_8));
          byte[] answer =
              Json.bytes(
                  new ProblemView("/problems/not-safe", "Not safe", 403, "by HTTP", null, null));
          exchange.getResponseHeaders().set("Content-Type", ProblemView.MEDIA_TYPE);
          exchange.sendResponseHeaders(403, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    far.start();
    try {
      Files.writeString(folder.resolve("secret.yaml"), "API_KEY: hunter22");
      String endpoint = "http://127.0.0.1:" + far.getAddress().getPort();

      assertThat(shell.run("deploy", "secret.yaml", "--endpoint", endpoint)).isEqualTo(Exit.FAILED);

      assertThat(shell.err()).contains("nothing was sent", "TLS");
      assertThat(sent).containsExactly("/v1/secrets/none {}");
    } finally {
      far.stop(0);
    }
  }

  @Test
  void printsTheOrderAndTheLogAsTheyAre() {
    shell.desk.add(Jobs.full(1, "a.fa"));
    shell.desk.orders.put(new AttemptId(Jobs.id(1), 1), Jobs.ORDER);
    shell.desk.logs.put(new AttemptId(Jobs.id(1), 1), "hello\n".getBytes(StandardCharsets.UTF_8));

    shell.run("job", Jobs.id(1).value(), "--order", "1");
    shell.run("logs", Jobs.id(1).value());

    assertThat(shell.out()).isEqualTo(Jobs.ORDER.line() + "\nhello\n");
  }

  @Test
  void printsTheLedgersKeyInOneLineForOthersToRead() {
    assertThat(shell.run("ledger", "key")).isZero();

    assertThat(shell.out())
        .isEqualTo("millrace.test+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "functions",
        "jobs",
        "gpus",
        "ledger list",
        "ledger verify",
        "ledger checkpoint",
        "ledger key",
        "explain s3://b/k",
        "version"
      })
  void printsJsonForPrograms(String line) throws Exception {
    assertThat(shell.run((line + " --json").split(" "))).isZero();

    assertThat(Json.tree(shell.printed()).isContainerNode()).isTrue();
  }
}
