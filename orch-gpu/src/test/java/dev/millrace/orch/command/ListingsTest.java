package dev.millrace.orch.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.api.ApiConfig;
import dev.millrace.orch.api.ApiServer;
import dev.millrace.orch.api.Role;
import dev.millrace.orch.api.Tokens;
import dev.millrace.orch.client.CoordinatorFile;
import dev.millrace.orch.desk.FakeDesk;
import dev.millrace.orch.desk.Jobs;
import dev.millrace.orch.journal.JobState;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.object.ListedObject;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is listed page by page; by one who may only read. */
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
  void jobsOfAFunctionThatIsNotThereSaySo() throws Exception {
    desk.furnish("functions: {millrace: [{name: gray, image: debian, script: \"true\\n\"}]}");
    desk.add(Jobs.view(1, JobState.DEAD, "a"));

    assertThat(run(false, "jobs", "--function", "grey")).isZero();
    assertThat(run(false, "jobs", "--function", "grey", "--all")).isZero();
    assertThat(run(false, "jobs", "--function", "gray")).isZero();

    assertThat(out().lines())
        .containsExactly(
            "There are no such jobs, and there is no function 'grey'; did you mean 'gray'?",
            "There are no such jobs, and there is no function 'grey'; did you mean 'gray'?",
            "There are no such jobs; 'millrace jobs' lists the newest of all.");
  }

  @Test
  void refusesWhatAViewerMayNot() {
    desk.add(Jobs.view(1, JobState.RUNNING, "a"));

    assertThat(run(false, "cancel", Jobs.id(1).value())).isEqualTo(Exit.TOKEN);
    assertThat(err()).contains("viewer", "--token-file");
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
