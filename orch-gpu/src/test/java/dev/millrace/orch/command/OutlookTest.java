package dev.millrace.orch.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.millrace.orch.api.view.FunctionView;
import dev.millrace.orch.api.view.ObjectView;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.orch.desk.Jobs;
import dev.millrace.orch.journal.JobState;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.StoreId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What whoever waits for an object is told, and when the wait is over. */
final class OutlookTest {
  private static final String CHAIN =
      Step.fdl(
          new Step("align", "queries", "pages/a, suffix: [.txt], prefix: [o]"),
          new Step("read", "pages", "texts"),
          new Step("other", "elsewhere", "nowhere"));

  @TempDir Path folder;
  private final List<String> told = new ArrayList<>();
  private Shell shell;
  private CoordinatorClient client;

  @BeforeEach
  void start() throws IOException {
    shell = new Shell(folder);
    shell.desk.furnish(CHAIN);
    client = shell.client();
  }

  @AfterEach
  void stop() {
    client.close();
    shell.close();
  }

  private Outlook on(String bucket, String key) {
    return new Outlook(client, new ObjectView(null, bucket, key), Jobs.NOW, told::add);
  }

  private void job(int n, JobState state) {
    job(n, state, "o.fa");
  }

  private void job(int n, JobState state, String key) {
    shell.desk.add(Jobs.view(n, state, key));
  }

  private static Optional<String> look(Outlook outlook, int times) throws IOException {
    Optional<String> over = Optional.empty();
    for (int i = 0; i < times && over.isEmpty(); i++) {
      over = outlook.look();
    }
    return over;
  }

  @ParameterizedTest
  @CsvSource({
    "pages, a/o.txt, align",
    "pages, a/o/x.txt, align",
    "pages, a/x.txt, ''",
    "pages, a/o.png, ''",
    "pages, o.txt, ''",
    "pages, ao.txt, ''",
    "texts, whatever/it.is, read",
    "none, a, ''"
  })
  void aFunctionMayHaveMadeWhatItsRulesTake(String bucket, String key, String writers)
      throws Exception {
    List<FunctionView> functions = client.functions();

    Makers makers = Makers.of(new ObjectView(null, bucket, key), functions);

    assertThat(String.join(" ", makers.writers())).isEqualTo(writers);
    assertThat(makers.all()).doesNotContain("other");
    assertThat(Makers.of(new ObjectView("minio.x", bucket, key), functions).all()).isEmpty();
  }

  @Test
  void thoseBeforeInTheChainCountToo() throws Exception {
    Makers makers = Makers.of(new ObjectView(null, "texts", "o.txt"), client.functions());

    assertThat(makers.all()).containsExactly("read", "align");
    assertThat(makers.slow()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(names = {"DEAD", "REFUSED", "CANCELLED", "DISCARDED", "INPUT_GONE"})
  void aJobThatFailsIsToldAtOnceAndEndsTheWaitWhenNothingFollows(JobState end) throws Exception {
    job(1, JobState.RUNNING);
    Outlook outlook = on("pages", "a/o.txt");
    assertThat(look(outlook, 2)).isEmpty();
    assertThat(told).isEmpty();

    job(1, end);
    assertThat(look(outlook, 1)).isEmpty();
    assertThat(told)
        .singleElement()
        .asString()
        .startsWith("job " + Jobs.id(1) + " of align on s3://queries/o.fa is " + end.label())
        .contains("'millrace job " + Jobs.id(1) + "' tells more");

    assertThat(look(outlook, 4)).isEmpty();
    assertThat(look(outlook, 1).orElseThrow())
        .contains(
            "no job that could write it is live any more",
            "of align on s3://queries/o.fa is " + end.label())
        .contains("'millrace ");
    assertThat(told).hasSize(1);
  }

  @Test
  void aJobFurtherUpTheChainEndsItToo() throws Exception {
    job(1, JobState.DEAD);

    assertThat(look(on("texts", "o.txt"), 6)).isPresent();
  }

  @Test
  void whereAListingMayStillFindWhatAFunctionReadsItIsNeverOver() throws Exception {
    shell.desk.furnish(
        CHAIN.replace("millrace.default, path: queries", "minio.lab, path: queries"));
    job(1, JobState.DEAD);

    assertThat(look(on("texts", "o.txt"), 60)).isEmpty();
    assertThat(told)
        .anySatisfy(line ->
            assertThat(line)
                .contains("job " + Jobs.id(1) + " of align on s3://queries/o.fa is dead"))
        .anySatisfy(line -> assertThat(line).contains("waiting for another job"));
  }

  @Test
  void itGoesOnWhileAnotherJobIsLiveOrBeginsInTime() throws Exception {
    job(1, JobState.DEAD);
    job(2, JobState.WAITING, "b2.fa");
    Outlook outlook = on("pages", "a/o.txt");
    assertThat(look(outlook, 20)).isEmpty();
    job(2, JobState.SUCCEEDED, "b2.fa");
    assertThat(look(outlook, 4)).isEmpty();
    job(3, JobState.WAITING, "b3.fa");
    assertThat(look(outlook, 20)).isEmpty();
    job(1, JobState.WAITING);
    job(3, JobState.SUCCEEDED, "b3.fa");
    assertThat(look(outlook, 20)).as("tried again").isEmpty();

    job(1, JobState.DEAD);
    assertThat(look(outlook, 6)).isPresent();
    assertThat(told).filteredOn(line -> line.contains("is dead")).hasSize(2);
  }

  @Test
  void whatFailedLongAgoSaysNothing() throws Exception {
    job(1, JobState.DEAD);
    Outlook outlook =
        new Outlook(
            client,
            new ObjectView(null, "pages", "a/o.txt"),
            Jobs.NOW.plus(Duration.ofMinutes(5)),
            told::add);

    assertThat(look(outlook, 20)).isEmpty();
    assertThat(told)
        .containsExactly(
            "no job of align is live, and none has begun: waiting for one, or for somebody else to"
                + " put it");
  }

  @Test
  void aJobThatSucceededElsewhereIsSaidAndTheWaitGoesOn() throws Exception {
    job(1, JobState.RUNNING);
    Outlook outlook = on("pages", "a/o.txt");
    look(outlook, 4);
    job(1, JobState.SUCCEEDED);

    assertThat(look(outlook, 60)).isEmpty();
    assertThat(told)
        .containsExactly(
            "waiting for jobs of align",
            "no job is live any more; job "
                + Jobs.id(1)
                + " of align is succeeded and left nothing: waiting for another job, or for"
                + " somebody else to put it");
  }

  @Test
  void whereNoFunctionWritesTheWaitGoesOnForOthersAndSaysSo() throws Exception {
    assertThat(look(on("none", "a"), 60)).isEmpty();
    assertThat(told)
        .containsExactly(
            "no function that is deployed writes there: waiting for somebody else to put it");
  }

  @Test
  void fiveFailuresAreToldOneByOneAndAllAreCounted() throws Exception {
    for (int n = 1; n <= 9; n++) {
      job(n, JobState.DEAD, "day" + n + "/o.fa");
    }
    Outlook outlook = on("pages", "a/o.txt");

    assertThat(look(outlook, 6).orElseThrow()).contains("(8 more have failed)");
    assertThat(told).hasSize(5);
  }

  @ParameterizedTest
  @CsvSource({"a.fa", "o-2.fa", "oo.fa", "o/a.fa", "o.fa.gz", "O.fa"})
  void anUnrelatedJobThatFailsEndsNoWaitAndIsTold(String key) throws Exception {
    job(1, JobState.RUNNING, key);
    Outlook outlook = on("pages", "a/o.txt");
    look(outlook, 3);
    job(1, JobState.DEAD, key);

    assertThat(look(outlook, 60)).isEmpty();
    assertThat(told)
        .anySatisfy(line -> assertThat(line).contains("on s3://queries/" + key + " is dead"))
        .anySatisfy(line -> assertThat(line).contains("waiting for another job", "--of s3://"));
  }

  @ParameterizedTest
  @CsvSource({"o.txt", "o.fa", "deep/er/o.fa", "o"})
  void aJobWhoseInputHasTheNameEndsItAmongOthersThatSayNothing(String key) throws Exception {
    for (int n = 1; n <= 9; n++) {
      job(n, JobState.DEAD, n == 8 ? key : "other" + n);
    }

    assertThat(look(on("pages", "a/o.txt"), 6).orElseThrow()).contains("redrive " + Jobs.id(8));
    assertThat(told).hasSize(6).anySatisfy(line -> assertThat(line).contains("/" + key + " is"));
  }

  @Test
  void aNewVersionThatWasNotLookedAtYetKeepsTheWait() throws Exception {
    job(1, JobState.DEAD);
    ObjectName input = new ObjectName(StoreId.EMBEDDED, "queries", "o.fa");
    shell.desk.undecided.add(input);
    Outlook outlook = on("pages", "a/o.txt");
    assertThat(look(outlook, 60)).isEmpty();

    job(2, JobState.SUCCEEDED);
    shell.desk.undecided.clear();
    assertThat(look(outlook, 60)).as("the last version failed not").isEmpty();
  }

  @Test
  void getEndsBeforeItsTimeWithTheReason() throws Exception {
    HttpServer store =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    store.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(404, -1);
          exchange.close();
        });
    store.start();
    try {
      shell.desk.store = URI.create("http://127.0.0.1:" + store.getAddress().getPort());
      job(1, JobState.DEAD);

      assertThat(shell.run("get", "s3://pages/a/o.txt", "-", "--wait", "86400"))
          .isEqualTo(Exit.FAILED);
      assertThat(shell.err())
          .contains("s3://pages/a/o.txt does not come: no job that could write it is live")
          .contains("millrace redrive " + Jobs.id(1));
      assertThat(shell.out()).isEmpty();
    } finally {
      store.stop(0);
    }
  }
}
