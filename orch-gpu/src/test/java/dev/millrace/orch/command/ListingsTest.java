package dev.millrace.orch.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.millrace.orch.api.ApiConfig;
import dev.millrace.orch.api.ApiServer;
import dev.millrace.orch.api.Role;
import dev.millrace.orch.api.Tokens;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.orch.client.CoordinatorFile;
import dev.millrace.orch.desk.FakeDesk;
import dev.millrace.orch.desk.FrontDesk;
import dev.millrace.orch.desk.Jobs;
import dev.millrace.orch.journal.JobState;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.object.ListedObject;
import dev.millrace.schema.run.Printed;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is listed page by page, or followed; by one who may only read. */
class ListingsTest {
  private static final String TOKEN = "a-viewer-s-token-of-some-length";

  @TempDir Path folder;
  private final FakeDesk desk = new FakeDesk();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private ApiServer server;

  @BeforeEach
  void start() throws Exception {
    Path data = Files.createDirectories(folder.resolve(".millrace"));
    Files.writeString(data.resolve("token"), TOKEN);
    server =
        ApiServer.start(
            ApiConfig.loopback(0, "1.2.3"),
            desk,
            Tokens.of(Map.of(TOKEN, new Tokens.Principal(Jobs.TENANT, Role.VIEWER))),
            ApiServer.Mounted.NOTHING);
    new CoordinatorFile(server.endpoint().toString(), 1, "1.2.3").write(data);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static ListedObject row(String key) {
    return new ListedObject(key, "ab".repeat(16), 1234, Instant.parse("2026-05-06T07:08:09Z"));
  }

  @Test
  void listsBucketsAndFoldersAndObjects() {
    desk.objects.put("queries", List.of(row("in/a b.fa"), row("in/日本語\u001b[2J")));
    desk.folders.add("in/old/");

    assertThat(run(false, "ls")).isZero();
    assertThat(out()).contains("queries");
    out.reset();
    assertThat(run(false, "ls", "s3://queries/in/")).isZero();

    assertThat(out().lines())
        .hasSize(3)
        .anyMatch(line -> line.endsWith("PRE in/old/"))
        .anyMatch(line -> line.endsWith(" 1234 in/a b.fa"))
        .anyMatch(line -> line.endsWith(" 1234 in/日本語\\u001b[2J"));
  }

  @Test
  void leavesOutWhatIsMillracesOwnUnlessAsked() {
    desk.objects.put("b", List.of(row(".millrace/01k9/1/log"), row("in/a")));

    run(false, "ls", "s3://b", "-r");
    assertThat(out()).contains("in/a").doesNotContain(".millrace");
    out.reset();
    run(false, "ls", "s3://b", "-r", "--all");
    run(false, "ls", "s3://b/.millrace/", "-r");
    assertThat(out().lines()).filteredOn(l -> l.endsWith(".millrace/01k9/1/log")).hasSize(2);
  }

  @Test
  void cutsKeysOnATerminalOnly() {
    String key = "in/" + "日本".repeat(60) + ".fa";
    desk.objects.put("b", List.of(row(key)));

    run(true, "ls", "s3://b", "--etag", "-r");
    assertThat(out().lines()).allSatisfy(l -> assertThat(Words.width(l)).isLessThanOrEqualTo(80));
    out.reset();
    run(false, "ls", "s3://b", "-r");
    assertThat(out()).contains(key);
  }

  @Test
  void listsManyThousandsPageByPage() {
    desk.objects.put(
        "b", IntStream.range(0, 5432).mapToObj(n -> row("k%06d".formatted(n))).toList());

    assertThat(run(false, "ls", "s3://b", "--json", "-r")).isZero();
    List<String> lines = out().lines().toList();
    assertThat(lines).hasSize(5432).last().asString().contains("\"k005431\"");
    out.reset();
    run(false, "ls", "s3://b", "-r", "--limit", "1500", "--summarize");
    assertThat(out()).endsWith("\nobjects 1500, folders 0, 1.8 MiB\n");
  }

  @Test
  void saysThatABucketOrPrefixIsNotThere() {
    desk.objects.put("b", List.of(row("k")));

    assertThat(run(false, "ls", "s3://none")).isEqualTo(Exit.FAILED);
    assertThat(run(false, "ls", "s3://b/none")).isEqualTo(Exit.FAILED);
    assertThat(run(false, "ls", "b")).isEqualTo(Exit.USAGE);
    assertThat(run(false, "ls", "s3://b", "--limit", "0")).isEqualTo(Exit.USAGE);

    assertThat(err())
        .contains(
            "there is no bucket 'none'", "'millrace ls' lists", "nothing begins with s3://b/none");
  }

  @Test
  void printsAllJobsPageByPageUnderOneHeading() throws Exception {
    for (int n = 0; n < 2000; n++) {
      desk.add(Jobs.view(n, JobState.SUCCEEDED, "k" + n));
    }

    assertThat(run(false, "jobs", "--all")).isZero();
    assertThat(out().lines()).hasSize(2001).filteredOn(l -> l.startsWith("JOB ")).hasSize(1);
    out.reset();
    run(false, "jobs", "--all", "--json");
    assertThat(out().lines()).hasSize(2000);
    assertThat(Json.tree(out().lines().findFirst().orElseThrow().getBytes()).isContainerNode())
        .isTrue();
    assertThat(run(false, "jobs", "--all", "--watch")).isEqualTo(Exit.USAGE);
    assertThat(run(false, "jobs", "--bucket", "b", "--watch")).isEqualTo(Exit.USAGE);
  }

  @Test
  void refusesAFileThatNoObjectTakes() throws Exception {
    try (RandomAccessFile sparse = new RandomAccessFile(folder.resolve("big").toFile(), "rw")) {
      sparse.setLength((5L << 40) + 1);
    }

    assertThat(run(false, "put", "big", "s3://b/")).isEqualTo(Exit.FAILED);
    assertThat(err()).contains("5.0 TiB", "nothing was uploaded");
  }

  @Test
  void filtersJobsByBucket() {
    desk.add(Jobs.view(1, JobState.DEAD, "a"));

    run(false, "jobs", "--bucket", "queries");
    run(false, "jobs", "--bucket", "others");

    assertThat(out()).contains("dead").contains("There are no such jobs");
  }

  @Test
  void refusesWhatAViewerMayNot() {
    desk.add(Jobs.view(1, JobState.RUNNING, "a"));

    assertThat(run(false, "cancel", Jobs.id(1).value())).isEqualTo(Exit.TOKEN);
    assertThat(err()).contains("viewer", "--token-file");
  }

  @Test
  void followsALogToTheJobsEnd() throws Exception {
    desk.add(Jobs.full(1, "a"));
    var running = Jobs.full(1, "a");
    desk.add(
        new FrontDesk.JobView(
            Jobs.job(1, JobState.RUNNING, "a", null),
            running.attempts(),
            running.timeline(),
            List.of(),
            java.util.Map.of(),
            null,
            null,
            null));
    AttemptId attempt = new AttemptId(Jobs.id(1), 1);
    desk.logs.put(attempt, "one\n".getBytes(StandardCharsets.UTF_8));
    try (ExecutorService followers = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Integer> exit = followers.submit(() -> run(false, "logs", "-f", Jobs.id(1).value()));
      await().atMost(Duration.ofSeconds(20)).until(() -> out().equals("one\n"));
      desk.logs.put(attempt, "one\ntwo\n".getBytes(StandardCharsets.UTF_8));
      await().atMost(Duration.ofSeconds(20)).until(() -> out().equals("one\ntwo\n"));
      desk.add(Jobs.full(1, "a"));

      assertThat(exit.get()).isEqualTo(Exit.FAILED);
    }
    assertThat(out()).isEqualTo("one\ntwo\n");
    assertThat(err()).contains("The job is dead");
  }

  @Test
  void aLogOnATerminalIsTamedAndElsewhereComesAsItIs() {
    desk.add(Jobs.full(1, "a"));
    String wild = "\u001b]0;mine\u0007\u001b[31mred\u001b[0m\n";
    desk.logs.put(new AttemptId(Jobs.id(1), 1), wild.getBytes(StandardCharsets.UTF_8));
    String tame = "\\u001b]0;mine\\u0007\u001b[31mred\u001b[0m\n";

    run(true, "logs", "--attempt", "1", Jobs.id(1).value());
    assertThat(out()).isEqualTo(tame);
    out.reset();
    run(true, "logs", "-f", Jobs.id(1).value());
    assertThat(out()).startsWith(tame);
    out.reset();
    run(false, "logs", "--attempt", "1", Jobs.id(1).value());
    assertThat(out()).isEqualTo(wild);
  }

  @Test
  void saysOnceThatWhatAnAttemptPrintsFromHereOnComesAtItsEnd() throws Exception {
    AttemptId attempt = runs();
    Printed text = new Printed(4);
    text.add("one\ntwo\n".getBytes(StandardCharsets.UTF_8), 8);
    desk.running.put(attempt, text);

    int exit =
        followed(
            attempt,
            "one\n",
            () -> {
              awaitTwoMore();
              desk.running.remove(attempt);
              desk.logs.put(attempt, "one\n[middle]\nend\n".getBytes(StandardCharsets.UTF_8));
              desk.add(Jobs.full(1, "a"));
            });

    assertThat(exit).isEqualTo(Exit.FAILED);
    assertThat(out()).isEqualTo("one\n[middle]\nend\n");
    assertThat(err()).containsOnlyOnce("what it prints from here on is shown when it has ended");
  }

  @Test
  void aLogThatIsLostIsSaidToBeOnce() {
    desk.add(Jobs.full(1, "a"));
    desk.lostLogs.put(new AttemptId(Jobs.id(1), 1), "the log is lost");

    assertThat(run(false, "logs", "--attempt", "1", Jobs.id(1).value())).isEqualTo(Exit.FAILED);
    assertThat(err()).contains("the log is lost");
    run(false, "logs", "-f", Jobs.id(1).value());
    assertThat(err()).contains("Attempt 1: the log is lost.");
  }

  /** A job whose only attempt runs. */
  private AttemptId runs() {
    var full = Jobs.full(1, "a");
    desk.add(
        new FrontDesk.JobView(
            Jobs.job(1, JobState.RUNNING, "a", null),
            full.attempts(),
            full.timeline(),
            List.of(),
            java.util.Map.of(),
            null,
            null,
            null));
    return new AttemptId(Jobs.id(1), 1);
  }

  private Printed printed(AttemptId attempt, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    Printed printed = desk.running.computeIfAbsent(attempt, id -> new Printed(1 << 20));
    printed.add(bytes, bytes.length);
    return printed;
  }

  private void awaitTwoMore() {
    int asked = desk.logsAsked.get();
    await().atMost(Duration.ofSeconds(20)).until(() -> desk.logsAsked.get() >= asked + 2);
  }

  private int followed(AttemptId attempt, String first, Runnable then) throws Exception {
    try (ExecutorService followers = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Integer> exit = followers.submit(() -> run(true, "logs", "-f", Jobs.id(1).value()));
      await().atMost(Duration.ofSeconds(20)).until(() -> out().equals(first));
      then.run();
      return exit.get();
    }
  }

  /** The log that a run left, and that the job is over. */
  private void over(AttemptId attempt, String log) {
    desk.logs.put(attempt, log.getBytes(StandardCharsets.UTF_8));
    desk.running.remove(attempt);
    desk.atTheirEnd.clear();
    desk.add(Jobs.full(1, "a"));
  }

  @Test
  void whatComesWhileAnAttemptRunsIsPrintedOnce() throws Exception {
    AttemptId attempt = runs();
    String first = "x".repeat(200_000) + "\n";
    printed(attempt, first);

    int exit = followed(attempt, first, () -> over(attempt, first + "last\n"));

    assertThat(exit).isEqualTo(Exit.FAILED);
    assertThat(out()).isEqualTo(first + "last\n");
    assertThat(err()).doesNotContain("otherwise");
  }

  @Test
  void aTextThatIsHeardAnewFromItsBeginningIsNotPrintedTwice() throws Exception {
    AttemptId attempt = runs();
    printed(attempt, "one\ntwo\n");

    followed(
        attempt,
        "one\ntwo\n",
        () -> {
          desk.running.clear();
          printed(attempt, "one");
          awaitTwoMore();
          over(attempt, "one\ntwo\nthree\n");
        });

    assertThat(out()).isEqualTo("one\ntwo\nthree\n");
  }

  @Test
  void aLogThatIsKeptOtherwiseThanItCameIsPrintedAsItIs() throws Exception {
    AttemptId attempt = runs();
    printed(attempt, "one\ntwo\n");

    followed(attempt, "one\ntwo\n", () -> over(attempt, "[left out]\nlast\n"));

    assertThat(out()).isEqualTo("one\ntwo\n[left out]\nlast\n");
    assertThat(err()).contains("kept otherwise than it came");
  }

  @Test
  void aLogThatIsShorterThanWhatCameIsPrintedAsItIs() throws Exception {
    AttemptId attempt = runs();
    String first = "y".repeat(300);
    printed(attempt, first);

    followed(attempt, first, () -> over(attempt, "z"));

    assertThat(out()).isEqualTo(first + "z");
    assertThat(err().lines().filter(line -> line.contains("otherwise"))).hasSize(1);
  }

  @Test
  void aTextThatComesAtTheEndIsSaidToDoSoOnce() throws Exception {
    AttemptId attempt = runs();
    desk.atTheirEnd.add(attempt);
    try (ExecutorService followers = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Integer> exit = followers.submit(() -> run(true, "logs", "-f", Jobs.id(1).value()));
      await().atMost(Duration.ofSeconds(20)).until(() -> err().contains("provider far"));
      awaitTwoMore();
      over(attempt, "all\n");
      exit.get();
    }

    assertThat(out()).isEqualTo("all\n");
    assertThat(err().lines().filter(line -> line.contains("provider far"))).hasSize(1);
  }

  @Test
  void aColourThatAnAttemptBeganIsNoMatterOfWhatComesAfter() {
    AttemptId attempt = runs();
    printed(attempt, "text \u001b[3");

    assertThat(run(true, "logs", Jobs.id(1).value())).isZero();

    assertThat(out()).isEqualTo("text \\u001b[3");
    assertThat(err()).contains("The attempt runs; 'millrace logs -f");
  }

  @Test
  void theOneThatAsksForMoreThanThereIsIsTold() {
    AttemptId attempt = runs();
    over(attempt, "short");
    try (CoordinatorClient client = new CoordinatorClient(server.endpoint(), TOKEN)) {
      assertThatThrownBy(() -> client.log(Jobs.id(1).value(), 1, 6))
          .hasMessageContaining("less than 6 bytes");
    }
  }

  private int run(boolean terminal, String... args) {
    PrintStream o = new PrintStream(out, true, StandardCharsets.UTF_8);
    PrintStream e = new PrintStream(err, true, StandardCharsets.UTF_8);
    Setting setting =
        new Setting(
            new Terminal(o, e, terminal, false, 80, 24),
            new NoLifecycle(),
            new NoFiles(),
            InstantSource.fixed(Jobs.NOW),
            folder,
            "1.2.3");
    return Millrace.run(setting, args);
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }
}
