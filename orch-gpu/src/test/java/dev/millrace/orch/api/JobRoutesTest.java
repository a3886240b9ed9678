package dev.millrace.orch.api;

import static dev.millrace.orch.api.ServedDesk.ADMIN;
import static dev.millrace.orch.api.ServedDesk.VIEWER;
import static dev.millrace.orch.api.ServedDesk.body;
import static dev.millrace.orch.api.ServedDesk.problem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.api.view.ProblemView;
import dev.millrace.orch.desk.FrontDesk;
import dev.millrace.orch.desk.Jobs;
import dev.millrace.orch.journal.JobState;
import dev.millrace.schema.id.AttemptId;
import dev.millrace.schema.json.Json;
import dev.millrace.schema.ledger.LedgerEntry;
import dev.millrace.schema.ledger.Money;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs, page by page and one by one. */
final class JobRoutesTest {
  private ServedDesk api;

  @BeforeEach
  void start() {
    api = new ServedDesk();
  }

  @AfterEach
  void stop() {
    api.close();
  }

  @Test
  void pagesThroughJobsWithoutLosingOrRepeatingOne() throws Exception {
    for (int n = 0; n < 25; n++) {
      api.desk.add(Jobs.view(n, n % 2 == 0 ? JobState.SUCCEEDED : JobState.DEAD, "k" + n));
    }
    java.util.ArrayList<String> seen = new java.util.ArrayList<>();
    String before = "";
    while (true) {
      var page =
          Json.tree(api.send(api.with(ADMIN, "/v1/jobs?max=10" + before).GET()).body().getBytes());
      page.get("jobs").forEach(job -> seen.add(job.get("id").asText()));
      if (page.get("next").isNull()) {
        break;
      }
      before = "&cursor=" + page.get("next").asText();
    }

    assertThat(seen)
        .hasSize(25)
        .doesNotHaveDuplicates()
        .isSortedAccordingTo(java.util.Comparator.reverseOrder());
  }

  @Test
  void filtersJobsByStateAndFunction() throws Exception {
    api.desk.add(Jobs.view(1, JobState.INPUT_GONE, "a"));
    api.desk.add(Jobs.view(2, JobState.DEAD, "b"));
    api.desk.add(Jobs.view(3, JobState.SUCCEEDED, "c"));

    String some =
        api.send(api.with(ADMIN, "/v1/jobs?state=input-gone,dead&function=align").GET()).body();
    String none = api.send(api.with(ADMIN, "/v1/jobs?function=other").GET()).body();

    assertThat(some).contains(Jobs.id(1).value(), Jobs.id(2).value());
    assertThat(some).doesNotContain(Jobs.id(3).value());
    assertThat(none).isEqualTo("{\"jobs\":[],\"next\":null}");
  }

  @Test
  void findsAJobByAUniqueBeginningOfItsId() throws Exception {
    api.desk.add(Jobs.view(1, JobState.DEAD, "a"));
    api.desk.add(Jobs.view(20, JobState.DEAD, "b"));
    String one = Jobs.id(20).value().substring(0, 25);

    assertThat(api.send(api.with(ADMIN, "/v1/jobs/" + one).GET()).body())
        .contains(Jobs.id(20).value());
    ProblemView two = problem(api.send(api.with(ADMIN, "/v1/jobs/01k9xw4t7d").GET()));
    assertThat(two.status()).isEqualTo(409);
    assertThat(two.detail()).contains(Jobs.id(1).value(), Jobs.id(20).value());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"01k9xw4t7d0000000000000099", "7zzz", "nope!", "..%2f..", "U", "01K9XW4T7D"})
  void saysWhenThereIsNoSuchJob(String id) throws Exception {
    api.desk.add(Jobs.view(1, JobState.DEAD, "a"));

    assertThat(problem(api.send(api.with(ADMIN, "/v1/jobs/" + id).GET())).status()).isIn(404, 400);
  }

  @Test
  void showsAJobInFullWithItsLedgerEntries() throws Exception {
    api.desk.add(Jobs.full(1, "a.fa"));
    api.desk.ledger.append(
        List.of(
            new LedgerEntry(
                new AttemptId(Jobs.id(1), 1),
                new LedgerEntry.Unattested("no receipt came"),
                Jobs.NOW,
                Jobs.NOW,
                new Money(1, "EUR"),
                new Money(Long.MAX_VALUE, "EUR"))));

    var job =
        Json.tree(api.send(api.with(ADMIN, "/v1/jobs/" + Jobs.id(1)).GET()).body().getBytes());

    assertThat(job.at("/job/state").asText()).isEqualTo("dead");
    assertThat(job.at("/attempts/0/exitCode").asInt()).isEqualTo(137);
    assertThat(job.at("/ledger/0/billed/nanos").asText()).isEqualTo("9223372036854775807");
    assertThat(job.at("/ledger/0/billed/nanos").isTextual()).isTrue();
    assertThat(job.at("/attempts/0").has("order")).isFalse();
  }

  @Test
  void givesOrdersAndLogsAsTheyAre() throws Exception {
    api.desk.add(Jobs.full(1, "a.fa"));
    api.desk.orders.put(new AttemptId(Jobs.id(1), 1), Jobs.ORDER);
    api.desk.logs.put(
        new AttemptId(Jobs.id(1), 1), "line\r\n\u00e4".getBytes(StandardCharsets.UTF_8));
    String attempt = "/v1/jobs/" + Jobs.id(1) + "/attempts/1";

    assertThat(api.send(api.with(ADMIN, attempt + "/order").GET()).body())
        .isEqualTo(Jobs.ORDER.line() + "\n");
    assertThat(api.send(api.with(ADMIN, attempt + "/log").GET()).body())
        .isEqualTo("line\r\n\u00e4");
    assertThat(api.send(api.with(VIEWER, attempt + "/order").GET()).statusCode()).isEqualTo(403);
    String other = "/v1/jobs/" + Jobs.id(1) + "/attempts/";
    assertThat(problem(api.send(api.with(ADMIN, other + "2/log").GET())).status()).isEqualTo(404);
    api.desk.lostLogs.put(new AttemptId(Jobs.id(1), 3), "the log is lost");
    assertThat(problem(api.send(api.with(ADMIN, other + "3/log").GET())).status()).isEqualTo(410);
    assertThat(api.send(api.with(ADMIN, other + "3/log").GET()).body()).contains("the log is lost");
    assertThat(problem(api.send(api.with(ADMIN, other + "0/log").GET())).status()).isEqualTo(400);
  }

  @ParameterizedTest
  @CsvSource({"cancel", "redrive", "discard"})
  void passesWishesOn(String wish) throws Exception {
    api.desk.add(Jobs.view(1, JobState.DEAD, "a"));
    String path = "/v1/jobs/" + Jobs.id(1) + "/" + wish;

    assertThat(api.send(api.with(ADMIN, path).POST(body(""))).statusCode()).isEqualTo(200);
    api.desk.nextAnswer = new FrontDesk.Answer.No("it has ended");
    ProblemView no = problem(api.send(api.with(ADMIN, path).POST(body(""))));

    assertThat(api.desk.wishes).containsExactly(wish + " " + Jobs.id(1), wish + " " + Jobs.id(1));
    assertThat(no.status()).isEqualTo(409);
    assertThat(no.detail()).isEqualTo("it has ended");
  }
}
