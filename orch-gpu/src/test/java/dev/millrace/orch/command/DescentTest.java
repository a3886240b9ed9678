package dev.millrace.orch.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.api.view.ObjectView;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.orch.desk.FrontDesk;
import dev.millrace.orch.desk.Jobs;
import dev.millrace.orch.journal.Job;
import dev.millrace.orch.journal.JobState;
import dev.millrace.orch.journal.PublishedObject;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.StoreId;
import dev.millrace.schema.object.VersionTag;
import dev.millrace.schema.run.InputRef;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What whoever waits for an object of a known input is told, and when the wait is over. */
final class DescentTest {
  private static final String CHAIN =
      Step.fdl(
          new Step("align", "queries", "pages"),
          new Step("read", "pages", "texts"),
          new Step("other", "queries", "nowhere"));

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

  private Descent descent() {
    return new Descent(
        client,
        new ObjectView(null, "texts", "result.txt"),
        new ObjectView(null, "queries", "a.fa"),
        told::add);
  }

  private static ObjectName there(String bucket, String key) {
    return new ObjectName(StoreId.EMBEDDED, bucket, key);
  }

  private static Job of(String function, Job job, ObjectName input) {
    InputRef before = job.input();
    return new Job(
        job.id(),
        new FunctionRef(Jobs.TENANT, new FunctionName(function)),
        job.state(),
        new InputRef(
            input,
            new VersionTag.Generation(1),
            before.eTag(),
            before.size(),
            before.lastModified()),
        job.admission(),
        job.versionOrder(),
        job.depth(),
        job.priority(),
        job.admittedAt(),
        job.notBefore(),
        job.attempts(),
        job.failures(),
        job.losses(),
        job.cancelRequested(),
        job.reason(),
        job.updatedAt());
  }

  private void job(int n, String function, JobState state, ObjectName input, ObjectName... left) {
    FrontDesk.JobView plain = Jobs.view(n, state, "x");
    shell.desk.add(
        new FrontDesk.JobView(
            of(function, plain.job(), input),
            plain.attempts(),
            plain.timeline(),
            Stream.of(left)
                .map(name -> new PublishedObject(Jobs.id(n), name, "0".repeat(64), 1, Jobs.NOW))
                .toList(),
            Map.of(),
            plain.waitingFor(),
            null,
            null));
  }

  private static Optional<String> look(Descent descent, int times) throws IOException {
    Optional<String> over = Optional.empty();
    for (int i = 0; i < times && over.isEmpty(); i++) {
      over = descent.look();
    }
    return over;
  }

  @Test
  void whatHasNoJobYetIsWaitedForAndSaid() throws Exception {
    job(1, "align", JobState.DEAD, there("queries", "another.fa"));

    assertThat(look(descent(), 30)).isEmpty();
    assertThat(told)
        .containsExactly(
            "waiting for the next job of s3://queries/a.fa: 'millrace explain s3://queries/a.fa'"
                + " tells what is known of it");
  }

  @Test
  void aJobOfItThatFailsEndsTheWaitThoughOthersAreLive() throws Exception {
    Descent descent = descent();
    job(1, "align", JobState.RUNNING, there("queries", "a.fa"));
    job(2, "align", JobState.RUNNING, there("queries", "b.fa"));
    assertThat(look(descent, 20)).isEmpty();
    job(1, "align", JobState.DEAD, there("queries", "a.fa"));

    assertThat(look(descent, 6).orElseThrow())
        .contains("no job of s3://queries/a.fa is live any more", "redrive " + Jobs.id(1));
    assertThat(told)
        .contains("waiting for jobs of s3://queries/a.fa")
        .anySatisfy(line -> assertThat(line).contains("on s3://queries/a.fa is dead"));
  }

  @Test
  void whatLeadsElsewhereAndFailsIsNotAskedFor() throws Exception {
    job(1, "other", JobState.DEAD, there("queries", "a.fa"));

    assertThat(look(descent(), 30)).isEmpty();
    assertThat(told).noneSatisfy(line -> assertThat(line).contains("is dead"));
  }

  @Test
  void theChainIsFollowedToItsEnd() throws Exception {
    Descent descent = descent();
    job(1, "align", JobState.SUCCEEDED, there("queries", "a.fa"), there("pages", "p-1.png"));
    assertThat(look(descent, 30)).as("its output has no job yet").isEmpty();
    job(2, "read", JobState.RUNNING, there("pages", "p-1.png"));
    assertThat(look(descent, 30)).isEmpty();
    job(2, "read", JobState.DEAD, there("pages", "p-1.png"));

    assertThat(look(descent, 6).orElseThrow()).contains("on s3://pages/p-1.png is dead");
  }

  @Test
  void whereAllSucceededAndLeftSomethingElseItSaysWhat() throws Exception {
    job(1, "align", JobState.SUCCEEDED, there("queries", "a.fa"), there("pages", "p-1.png"));
    job(2, "read", JobState.SUCCEEDED, there("pages", "p-1.png"), there("texts", "p-1.txt"));

    assertThat(look(descent(), 6).orElseThrow())
        .isEqualTo(
            "every job of s3://queries/a.fa has ended and left s3://pages/p-1.png,"
                + " s3://texts/p-1.txt. Look at the key that you wait for, and at how the function"
                + " names its files: 'millrace logs "
                + Jobs.id(2)
                + "'");
  }

  @Test
  void theNewestVersionCountsAndOneThatWasNotLookedAtYetKeepsTheWait() throws Exception {
    job(1, "align", JobState.DEAD, there("queries", "a.fa"));
    shell.desk.undecided.add(there("queries", "a.fa"));
    Descent descent = descent();
    assertThat(look(descent, 30)).isEmpty();
    job(2, "align", JobState.WAITING, there("queries", "a.fa"));
    shell.desk.undecided.clear();
    assertThat(look(descent, 30)).isEmpty();
    job(2, "align", JobState.CANCELLED, there("queries", "a.fa"));

    assertThat(look(descent, 6).orElseThrow()).contains("is cancelled", "job " + Jobs.id(2));
  }

  @Test
  void ofAStoreThatIsListedOnlyAJobOfThisWaitCounts() throws Exception {
    shell.desk.furnish(
        CHAIN.replace("millrace.default, path: queries", "minio.lab, path: queries"));
    ObjectName listed = new ObjectName(new StoreId("minio.lab"), "queries", "a.fa");
    job(1, "align", JobState.DEAD, listed);
    Descent descent = descent();
    assertThat(look(descent, 30)).as("a newer version may be there").isEmpty();
    job(1, "align", JobState.WAITING, listed);
    assertThat(look(descent, 3)).isEmpty();
    job(1, "align", JobState.DEAD, listed);

    assertThat(look(descent, 6)).isPresent();
  }

  @Test
  void anInputThatNoFunctionReadsIsSaid() throws Exception {
    shell.desk.furnish(CHAIN.replace("path: queries", "path: questions"));

    assertThat(look(descent(), 30)).isEmpty();
    assertThat(told).singleElement().asString().startsWith("no function that is deployed reads");
  }

  @ParameterizedTest
  @CsvSource({"--of s3://queries/a.fa", "--wait 5 --of s3://queries/", "--wait 5 --of queries/a"})
  void anInputThatMakesNoSenseIsRefused(String options) {
    String[] given = ("get s3://texts/result.txt " + options).split(" ");

    assertThat(shell.run(given)).isEqualTo(Exit.USAGE);
    assertThat(shell.err()).contains("--of");
  }
}
