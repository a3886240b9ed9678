package dev.millrace.orch.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.orch.desk.FrontDesk;
import dev.millrace.orch.desk.Jobs;
import dev.millrace.orch.journal.JobState;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.run.Printed;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logs that are printed, and followed while their attempt runs. */
class LogsCommandTest {
  @TempDir Path folder;
  private Shell shell;

  @BeforeEach
  void start() throws Exception {
    shell = new Shell(folder);
  }

  @AfterEach
  void stop() {
    shell.close();
  }

  @Test
  void followsALogToTheJobsEnd() throws Exception {
    AttemptId attempt = runs();
    shell.desk.logs.put(attempt, "one\n".getBytes(StandardCharsets.UTF_8));
    try (ExecutorService followers = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Integer> exit = followers.submit(() -> shell.run("logs", "-f", Jobs.id(1).value()));
      await().atMost(Duration.ofSeconds(20)).until(() -> shell.out().equals("one\n"));
      shell.desk.logs.put(attempt, "one\ntwo\n".getBytes(StandardCharsets.UTF_8));
      await().atMost(Duration.ofSeconds(20)).until(() -> shell.out().equals("one\ntwo\n"));
      shell.desk.add(Jobs.full(1, "a"));

      assertThat(exit.get()).isEqualTo(Exit.FAILED);
    }
    assertThat(shell.out()).isEqualTo("one\ntwo\n");
    assertThat(shell.err()).contains("The job is dead");
  }

  @Test
  void aLogOnATerminalIsTamedAndElsewhereComesAsItIs() {
    shell.desk.add(Jobs.full(1, "a"));
    String wild = "\u001b]0;mine\u0007\u001b[31mred\u001b[0m\n";
    shell.desk.logs.put(new AttemptId(Jobs.id(1), 1), wild.getBytes(StandardCharsets.UTF_8));
    String tame = "\\u001b]0;mine\\u0007\u001b[31mred\u001b[0m\n";

    shell.runOnATerminal("logs", "--attempt", "1", Jobs.id(1).value());
    assertThat(shell.out()).isEqualTo(tame);
    shell.forget();
    shell.runOnATerminal("logs", "-f", Jobs.id(1).value());
    assertThat(shell.out()).startsWith(tame);
    shell.forget();
    shell.run("logs", "--attempt", "1", Jobs.id(1).value());
    assertThat(shell.out()).isEqualTo(wild);
  }

  @Test
  void saysOnceThatWhatAnAttemptPrintsFromHereOnComesAtItsEnd() throws Exception {
    AttemptId attempt = runs();
    Printed text = new Printed(4);
    text.add("one\ntwo\n".getBytes(StandardCharsets.UTF_8), 8);
    shell.desk.running.put(attempt, text);

    int exit =
        followed(
            attempt,
            "one\n",
            () -> {
              awaitTwoMore();
              shell.desk.running.remove(attempt);
              shell.desk.logs.put(attempt, "one\n[middle]\nend\n".getBytes(StandardCharsets.UTF_8));
              shell.desk.add(Jobs.full(1, "a"));
            });

    assertThat(exit).isEqualTo(Exit.FAILED);
    assertThat(shell.out()).isEqualTo("one\n[middle]\nend\n");
    assertThat(shell.err())
        .containsOnlyOnce("what it prints from here on is shown when it has ended");
  }

  @Test
  void aLogThatIsLostIsSaidToBeOnce() {
    shell.desk.add(Jobs.full(1, "a"));
    shell.desk.lostLogs.put(new AttemptId(Jobs.id(1), 1), "the log is lost");

    assertThat(shell.run("logs", "--attempt", "1", Jobs.id(1).value())).isEqualTo(Exit.FAILED);
    assertThat(shell.err()).contains("the log is lost");
    shell.run("logs", "-f", Jobs.id(1).value());
    assertThat(shell.err()).contains("Attempt 1: the log is lost.");
  }

  /** A job whose only attempt runs. */
  private AttemptId runs() {
    var full = Jobs.full(1, "a");
    shell.desk.add(
        new FrontDesk.JobView(
            Jobs.job(1, JobState.RUNNING, "a", null),
            full.attempts(),
            full.timeline(),
            List.of(),
            Map.of(),
            null,
            null,
            null));
    return new AttemptId(Jobs.id(1), 1);
  }

  private Printed printed(AttemptId attempt, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    Printed printed = shell.desk.running.computeIfAbsent(attempt, id -> new Printed(1 << 20));
    printed.add(bytes, bytes.length);
    return printed;
  }

  private void awaitTwoMore() {
    int asked = shell.desk.logsAsked.get();
    await().atMost(Duration.ofSeconds(20)).until(() -> shell.desk.logsAsked.get() >= asked + 2);
  }

  private int followed(AttemptId attempt, String first, Runnable then) throws Exception {
    try (ExecutorService followers = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Integer> exit =
          followers.submit(() -> shell.runOnATerminal("logs", "-f", Jobs.id(1).value()));
      await().atMost(Duration.ofSeconds(20)).until(() -> shell.out().equals(first));
      then.run();
      return exit.get();
    }
  }

  /** The log that a run left, and that the job is over. */
  private void over(AttemptId attempt, String log) {
    shell.desk.logs.put(attempt, log.getBytes(StandardCharsets.UTF_8));
    shell.desk.running.remove(attempt);
    shell.desk.atTheirEnd.clear();
    shell.desk.add(Jobs.full(1, "a"));
  }

  @Test
  void whatComesWhileAnAttemptRunsIsPrintedOnce() throws Exception {
    AttemptId attempt = runs();
    String first = "x".repeat(200_000) + "\n";
    printed(attempt, first);

    int exit = followed(attempt, first, () -> over(attempt, first + "last\n"));

    assertThat(exit).isEqualTo(Exit.FAILED);
    assertThat(shell.out()).isEqualTo(first + "last\n");
    assertThat(shell.err()).doesNotContain("otherwise");
  }

  @Test
  void aTextThatIsHeardAnewFromItsBeginningIsNotPrintedTwice() throws Exception {
    AttemptId attempt = runs();
    printed(attempt, "one\ntwo\n");

    followed(
        attempt,
        "one\ntwo\n",
        () -> {
          shell.desk.running.clear();
          printed(attempt, "one");
          awaitTwoMore();
          over(attempt, "one\ntwo\nthree\n");
        });

    assertThat(shell.out()).isEqualTo("one\ntwo\nthree\n");
  }

  @Test
  void aLogThatIsKeptOtherwiseThanItCameIsPrintedAsItIs() throws Exception {
    AttemptId attempt = runs();
    printed(attempt, "one\ntwo\n");

    followed(attempt, "one\ntwo\n", () -> over(attempt, "[left out]\nlast\n"));

    assertThat(shell.out()).isEqualTo("one\ntwo\n[left out]\nlast\n");
    assertThat(shell.err()).contains("kept otherwise than it came");
  }

  @Test
  void aLogThatIsShorterThanWhatCameIsPrintedAsItIs() throws Exception {
    AttemptId attempt = runs();
    String first = "y".repeat(300);
    printed(attempt, first);

    followed(attempt, first, () -> over(attempt, "z"));

    assertThat(shell.out()).isEqualTo(first + "z");
    assertThat(shell.err().lines().filter(line -> line.contains("otherwise"))).hasSize(1);
  }

  @Test
  void aTextThatComesAtTheEndIsSaidToDoSoOnce() throws Exception {
    AttemptId attempt = runs();
    shell.desk.atTheirEnd.add(attempt);
    try (ExecutorService followers = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Integer> exit =
          followers.submit(() -> shell.runOnATerminal("logs", "-f", Jobs.id(1).value()));
      await().atMost(Duration.ofSeconds(20)).until(() -> shell.err().contains("provider far"));
      awaitTwoMore();
      over(attempt, "all\n");
      exit.get();
    }

    assertThat(shell.out()).isEqualTo("all\n");
    assertThat(shell.err().lines().filter(line -> line.contains("provider far"))).hasSize(1);
  }

  @Test
  void aColourThatAnAttemptBeganIsNoMatterOfWhatComesAfter() {
    AttemptId attempt = runs();
    printed(attempt, "text \u001b[3");

    assertThat(shell.runOnATerminal("logs", Jobs.id(1).value())).isZero();

    assertThat(shell.out()).isEqualTo("text \\u001b[3");
    assertThat(shell.err()).contains("The attempt runs; 'millrace logs -f");
  }

  @Test
  void theOneThatAsksForMoreThanThereIsIsTold() throws Exception {
    AttemptId attempt = runs();
    over(attempt, "short");
    String token = Files.readString(shell.data.resolve("token")).strip();
    try (CoordinatorClient client = new CoordinatorClient(shell.server.endpoint(), token)) {
      assertThatThrownBy(() -> client.log(Jobs.id(1).value(), 1, 6))
          .hasMessageContaining("less than 6 bytes");
    }
  }
}
