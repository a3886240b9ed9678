package dev.millrace.orch.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.orch.client.LogText;
import dev.millrace.orch.command.Millrace;
import dev.millrace.orch.command.Setting;
import dev.millrace.orch.command.Terminal;
import dev.millrace.orch.config.MillraceConfig;
import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a function prints is read while it runs. */
final class RunningTextTest {
  private static final Duration LONGEST = Duration.ofSeconds(30);

  @TempDir Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final ExecutorService followers = Executors.newVirtualThreadPerTaskExecutor();
  private Site site;

  /** How a provider comes. */
  enum By {
    HTTP,
    PROCESS
  }

  @BeforeEach
  void start() throws Exception {
    site = new Site(folder.resolve("site"), "logs: {max: 16Ki}\norders: {poll: 200ms}\n");
  }

  @AfterEach
  void stop() throws IOException {
    followers.shutdownNow();
    site.close();
  }

  private void provider(By by) throws Exception {
    switch (by) {
      case HTTP -> site.provider(site.join(Site.PROVIDER));
      case PROCESS -> inside();
    }
  }

  private void inside() throws Exception {
    MillraceConfig config = site.config();
    Coordinator coordinator = site.part().coordinator();
    List<Accelerator> devices = Devices.find(config.provider());
    LocalProvider provider =
        site.keep(
            new LocalProvider(
                new LocalProvider.Around(
                    config,
                    folder.resolve("inside"),
                    new BucketOrders(config.orders(), site.part().store()).sources(),
                    coordinator.channel(),
                    coordinator.trusted()),
                devices,
                site.nature().random()));
    coordinator.register(provider.introduction(InstantSource.system()));
    provider.start();
  }

  /** Waits in a script until the test says so. */
  private String pause(String name) {
    return "while [ ! -e " + folder.resolve(name) + " ]; do sleep 0.05; done\n";
  }

  private void go(String name) throws IOException {
    Files.createFile(folder.resolve(name));
  }

  private String running() {
    return site.until(job -> job.job().state().equals("running")).job().id().value();
  }

  private Future<Integer> follow(String job, String... more) {
    String data = folder.resolve("site/coordinator").toString();
    Terminal terminal =
        new Terminal(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false,
            false,
            80,
            24);
    Setting setting =
        new Setting(terminal, new Wired(), Wired.fdl(), Clock.systemUTC(), folder, "test");
    String[] line = new String[more.length + 5];
    System.arraycopy(new String[] {"logs", "-f", job, "--data", data}, 0, line, 0, 5);
    System.arraycopy(more, 0, line, 5, more.length);
    return followers.submit(() -> Millrace.run(setting, line));
  }

  private void awaitOut(String text) {
    await().atMost(LONGEST).untilAsserted(() -> assertThat(out()).isEqualTo(text));
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @EnumSource
  void whatAFunctionPrintsIsSeenWhileItWaits(By by) throws Exception {
    provider(by);
    site.deploy("echo first\n" + pause("go") + "echo second\n");
    site.drop("a");
    Future<Integer> follower = follow(running());

    awaitOut("first\n");
    assertThat(site.newest().orElseThrow().job().state()).isEqualTo("running");
    go("go");

    assertThat(follower.get()).isZero();
    assertThat(out()).isEqualTo("first\nsecond\n");
    assertThat(err()).contains("The job is succeeded");
  }

  @Test
  void aTextWithoutALineEndAndACharacterThatIsCutComeAsTheyAre() throws Exception {
    provider(By.PROCESS);
    site.deploy("printf 'no end \\303'\n" + pause("go") + "printf '\\251\\377\\000x'\n");
    site.drop("a");
    String job = running();
    Future<Integer> bytes = follow(job);
    await().atMost(LONGEST).until(() -> out.size() == 8);
    bytes.cancel(true);
    out.reset();
    Future<Integer> pieces = follow(job, "--json");
    await().atMost(LONGEST).until(() -> out().contains("\n"));
    go("go");

    assertThat(pieces.get()).isZero();
    StringBuilder text = new StringBuilder();
    for (String line : out().lines().toList()) {
      JsonNode piece = Json.tree(line.getBytes(StandardCharsets.UTF_8));
      assertThat(piece.get("attempt").asInt()).isEqualTo(1);
      text.append(piece.get("text").asText());
    }
    assertThat(text).hasToString("no end é\ufffd\0x");
    assertThat(out().lines().findFirst()).hasValue("{\"attempt\":1,\"text\":\"no end \"}");
  }

  @Test
  void anAttemptThatIsTriedAgainIsFollowedBehindTheFirst() throws Exception {
    provider(By.PROCESS);
    site.deploy(
        "echo try $MILLRACE_ATTEMPT\n"
            + "if [ $MILLRACE_ATTEMPT = 1 ]; then\n"
            + pause("one")
            + "exit 3; fi\n"
            + pause("two")
            + "echo done\n",
        2);
    site.drop("a");
    Future<Integer> follower = follow(running());

    awaitOut("try 1\n");
    go("one");
    awaitOut("try 1\ntry 2\n");
    go("two");

    assertThat(follower.get()).isZero();
    assertThat(out()).isEqualTo("try 1\ntry 2\ndone\n");
    assertThat(err()).contains("Attempt 2:");
  }

  @Test
  void aProviderThatIsStartedAnewGoesOnWhereTheTextWas() throws Exception {
    var join = site.join(Site.PROVIDER);
    RemoteProvider first = site.provider(join);
    site.deploy("echo first\n" + pause("go") + "echo second\n" + pause("end"));
    site.drop("a");
    Future<Integer> follower = follow(running());
    awaitOut("first\n");

    first.close();
    go("go");
    site.provider(join);

    awaitOut("first\nsecond\n");
    go("end");
    assertThat(follower.get()).isZero();
    assertThat(out()).isEqualTo("first\nsecond\n");
  }

  @Test
  void ofALogThatIsTooLongTheBeginningComesAtOnceAndTheRestAtTheEnd() throws Exception {
    provider(By.PROCESS);
    site.deploy("seq 1 20000\n" + pause("go") + "echo last\n");
    site.drop("a");
    Future<Integer> follower = follow(running());

    await().atMost(LONGEST).until(() -> out.size() > 8000);
    assertThat(out.size()).isLessThan(8192);
    assertThat(out()).startsWith("1\n2\n3\n");
    go("go");

    assertThat(follower.get()).isZero();
    assertThat(out()).contains("[the middle of the log was left out]").endsWith("20000\nlast\n");
    assertThat(out.size()).isLessThanOrEqualTo(16 * 1024);
    assertThat(err()).doesNotContain("otherwise");
  }

  @Test
  void aProviderThatComesThroughItsBucketSaysThatItsTextComesAtTheEnd() throws Exception {
    site.provider(site.joinByBucket(Site.PROVIDER));
    site.deploy("echo first\n" + pause("go"));
    site.drop("a");
    Future<Integer> follower = follow(running());

    await().atMost(LONGEST).until(() -> err().contains("comes when it has ended"));
    assertThat(out()).isEmpty();
    go("go");

    assertThat(follower.get()).isZero();
    assertThat(out()).isEqualTo("first\n");
    assertThat(err().lines().filter(line -> line.contains("comes when it has ended"))).hasSize(1);
  }

  @Test
  void theApiGivesWhatIsBehindAnOffset() throws Exception {
    provider(By.PROCESS);
    site.deploy("printf 0123456789\n" + pause("go"));
    site.drop("a");
    String job = running();

    try (CoordinatorClient client = site.client()) {
      await()
          .atMost(LONGEST)
          .untilAsserted(() -> assertThat(log(client, job, 4)).isEqualTo("456789+"));
      assertThat(log(client, job, 10)).isEqualTo("+");
      assertThat(log(client, job, 4000)).isEqualTo("+");
      go("go");
      site.ended();
      assertThat(log(client, job, 4)).isEqualTo("456789");
      assertThat(log(client, job, 10)).isEmpty();
    }
  }

  /** The text, and a plus when more may come. */
  private static String log(CoordinatorClient client, String job, long from) throws IOException {
    try (LogText log = client.log(job, 1, from)) {
      String text = new String(log.bytes().readAllBytes(), StandardCharsets.UTF_8);
      return text + (log.running() ? "+" : "");
    }
  }
}
