package dev.millrace.orch.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.api.view.AttemptRow;
import dev.millrace.orch.api.view.DeviceRow;
import dev.millrace.orch.api.view.EntryView;
import dev.millrace.orch.api.view.JobDetail;
import dev.millrace.orch.api.view.JobRow;
import dev.millrace.orch.api.view.ObjectView;
import dev.millrace.orch.api.view.VerifyView;
import dev.millrace.schema.id.JobId;
import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.id.Ulids;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The judge of the kills finds what it is there to find. */
final class JudgeTest {
  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

  private final Random random = new Random(3);
  private final Ulids ids = new Ulids(() -> NOW, random);
  private final Drop drop = Drop.fresh(random, "a-1");
  private final Dropper.Sent accepted = new Dropper.Sent(drop, true);
  private final JobDetail job = job(drop, "succeeded", NOW);
  private final Map<String, String> whole =
      Map.of("out/a-1.one", drop.one(), "out/a-1.two", drop.two());

  private JobDetail job(Drop of, String state, @Nullable Instant ended) {
    JobId id = ids.job();
    JobRow row =
        new JobRow(
            id,
            Function.NAME,
            state,
            new ObjectView("millrace.default", Function.BUCKET, of.key()),
            "g" + id,
            1,
            0,
            NOW,
            NOW,
            1,
            0,
            0,
            false,
            null,
            NOW);
    AttemptRow attempt =
        new AttemptRow(
            1,
            1,
            "ended",
            new ProviderId("local"),
            new PoolId("local"),
            List.of(),
            "1",
            null,
            NOW,
            NOW,
            NOW,
            ended,
            "succeeded",
            0,
            "");
    return new JobDetail(row, List.of(attempt), List.of(), List.of(), null, null, List.of(), null);
  }

  private static EntryView entry(JobDetail of) {
    return new EntryView(
        0, "", "", of.job().id().value(), 1, "attested", null, null, NOW, NOW, null);
  }

  private static DeviceRow device(long reserved) {
    return new DeviceRow(
        "d", "local", "local", "cpu", "CPU", "cpu", 9, reserved, 0, 2, "none", false, true, null,
        List.of());
  }

  private Outside outside(List<JobDetail> jobs, Map<String, String> outputs) {
    return new Outside(
        jobs,
        outputs,
        List.of(),
        List.of(device(0)),
        jobs.stream().map(JudgeTest::entry).toList(),
        new VerifyView(true, 1L, "root", List.of()),
        List.of(),
        List.of());
  }

  private List<String> problems(Outside outside) {
    return Judge.problems(List.of(accepted), outside);
  }

  private static Map<String, String> with(Map<String, String> outputs, String key, String text) {
    Map<String, String> changed = new HashMap<>(outputs);
    changed.put(key, text);
    return changed;
  }

  @Test
  void findsNothingWhereAllIsWell() {
    assertThat(problems(outside(List.of(job), whole))).isEmpty();
  }

  @Test
  void findsAnAcceptedDropWithoutAJob() {
    assertThat(problems(outside(List.of(), whole)))
        .singleElement()
        .asString()
        .contains("was accepted and has no job that succeeded");
  }

  @Test
  void findsAJobThatDidNotSucceed() {
    assertThat(problems(outside(List.of(job(drop, "dead", NOW)), whole)))
        .anyMatch(p -> p.contains("has a job that is dead"));
  }

  @Test
  void findsTwoJobsForOneDrop() {
    assertThat(problems(outside(List.of(job, job(drop, "succeeded", NOW)), whole)))
        .singleElement()
        .asString()
        .contains("was sent 1 times and has 2 jobs");
  }

  @Test
  void findsHalfAnOutputAMissingOneAndAStrangers() {
    String half = drop.two().substring(0, drop.two().length() / 2);

    assertThat(problems(outside(List.of(job), with(whole, "out/a-1.two", half))))
        .anyMatch(p -> p.startsWith("not the outputs of"));
    assertThat(problems(outside(List.of(job), Map.of("out/a-1.one", drop.one()))))
        .anyMatch(p -> p.startsWith("not the outputs of"));
    assertThat(problems(outside(List.of(job), with(whole, "out/b-1.one", ""))))
        .containsExactly("an output that nobody's input explains: out/b-1.one");
  }

  @Test
  void findsTheOutputsOfTwoVersionsMixed() {
    Drop second = drop.again(random);
    List<Dropper.Sent> sent = List.of(accepted, new Dropper.Sent(second, true));
    List<JobDetail> jobs = List.of(job, job(second, "succeeded", NOW));

    assertThat(
            Judge.problems(
                sent,
                outside(jobs, Map.of("out/a-1.one", second.one(), "out/a-1.two", second.two()))))
        .isEmpty();
    assertThat(Judge.problems(sent, outside(jobs, whole))).hasSize(1);
    assertThat(Judge.problems(sent, outside(jobs, with(whole, "out/a-1.two", second.two()))))
        .hasSize(1);
  }

  @Test
  void takesAnAnswerThatNeverCameEitherWay() {
    List<Dropper.Sent> sent = List.of(new Dropper.Sent(drop, false));

    assertThat(Judge.problems(sent, outside(List.of(job), whole))).isEmpty();
    assertThat(Judge.problems(sent, outside(List.of(), Map.of()))).isEmpty();
  }

  @Test
  void findsWhatTheLedgerLacksAndWhatItHasTooMuch() {
    Outside good = outside(List.of(job), whole);
    JobDetail other = job(drop, "succeeded", NOW);

    assertThat(problems(ledger(good, List.of())))
        .containsExactly("attempt " + job.job().id() + "/1 has null ledger entries");
    assertThat(problems(ledger(good, List.of(entry(job), entry(job)))))
        .containsExactly("attempt " + job.job().id() + "/1 has 2 ledger entries");
    assertThat(problems(ledger(good, List.of(entry(job), entry(other)))))
        .containsExactly("a ledger entry of no attempt: " + other.job().id() + "/1");
  }

  private static Outside ledger(Outside of, List<EntryView> entries) {
    return new Outside(
        of.jobs(),
        of.outputs(),
        of.orders(),
        of.devices(),
        entries,
        of.verified(),
        of.processes(),
        of.containers());
  }

  @Test
  void findsWhatIsLeftBehind() {
    Outside good = outside(List.of(job), whole);
    Outside left =
        new Outside(
            good.jobs(),
            good.outputs(),
            List.of("orders/local/x-1"),
            List.of(device(5)),
            good.ledger(),
            new VerifyView(false, null, null, List.of(new VerifyView.Fault(0, "torn"))),
            List.of(77L),
            List.of("f00d"));

    assertThat(problems(left))
        .satisfiesExactlyInAnyOrder(
            p -> assertThat(p).startsWith("the ledger is not sound"),
            p -> assertThat(p).startsWith("a slice leaked"),
            p -> assertThat(p).startsWith("orders of ended attempts are left"),
            p -> assertThat(p).startsWith("processes of functions still run: [77]"),
            p -> assertThat(p).startsWith("containers of functions are left: [f00d]"));
  }
}
