package dev.millrace.runtime.resident;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.runtime.Samples;
import dev.millrace.runtime.runner.RunEnd;
import dev.millrace.runtime.runner.RunPlan;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Workers that do not keep to the protocol. */
final class ResidentProtocolTest extends ResidentFixture {
  @Test
  void aWorkerThatLeavesWithSuccessButNoAnswerHasFailed() throws Exception {
    assertThat(end(plan("leave 0"))).isEqualTo(new RunEnd.Exited(ResidentRun.NO_ANSWER));
    assertThat(end(plan("leave 3"))).isEqualTo(new RunEnd.Exited(3));
  }

  @ParameterizedTest
  @ValueSource(strings = {"nonsense", "other", "huge", "large", "gush", "lines"})
  void aWorkerThatBreaksTheProtocolIsEnded(String wish) throws Exception {
    RunPlan bad = plan(wish);
    assertThat(end(bad)).isEqualTo(new RunEnd.Exited(ResidentRun.BAD_PROTOCOL));
    assertThat(bad.folder().log()).content().contains("broke the protocol");
    assertThat(counted(plan("count"))).endsWith(" 1");
  }

  @Test
  void aWorkerThatAnswersUnaskedIsNotUsedAgain() throws Exception {
    assertThat(end(plan("twice"))).isEqualTo(new RunEnd.Exited(0));
    // The second answer is heard before the next job is given, or taken for a bad answer to it.
    RunPlan next = plan("count");
    RunEnd.Ending ending = end(next);
    assertThat(ending).isIn(new RunEnd.Exited(0), new RunEnd.Exited(ResidentRun.BAD_PROTOCOL));
    if (ending.equals(new RunEnd.Exited(0))) {
      assertThat(out(next)).endsWith(" 1");
    }
  }

  @Test
  void aWorkerOfANewerProtocolIsRefused() throws Exception {
    RunPlan plan = scripted("printf '14\\n{\"millrace\":2}'; sleep 100");
    assertThat(end(plan)).isEqualTo(new RunEnd.Exited(ResidentRun.BAD_PROTOCOL));
    assertThat(plan.folder().log()).content().contains("version 2").contains("not 1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "echo usage: worker",
        "printf '3\\n[1]'",
        "printf '2\\n{}'",
        "printf '14\\n{\"millrace\":'; exit 0",
        "printf '\\n\\n'",
        "printf '0\\n'",
        "printf '000000000000014\\n{\"millrace\":1}'",
        "printf -- '-1\\n'"
      })
  void aScriptThatIsNoWorkerFailsWithItsReason(String script) throws Exception {
    RunPlan plan = scripted(script + "; sleep 100");
    assertThat(end(plan)).isInstanceOf(RunEnd.Exited.class).isNotEqualTo(new RunEnd.Exited(0));
    assertThat(plan.folder().log()).content().contains("broke the protocol");
  }

  @Test
  void aScriptThatSaysNothingIsOutOfTime() throws Exception {
    RunPlan plan = scripted("exec sleep 100");
    assertThat(end(limited(plan, Samples.timeout(Duration.ofMillis(300)))))
        .isEqualTo(new RunEnd.TimedOut());
  }

  @Test
  void aWorkerThatDoesNotReadALargeJobIsOutOfTime() throws Exception {
    RunPlan plan = scripted("printf '14\\n{\"millrace\":1}'; exec sleep 100");
    RunPlan large =
        new RunPlan(
            plan.run(),
            plan.function(),
            plan.folder(),
            plan.code(),
            Map.of("EVENT", "x".repeat(200_000)),
            Samples.timeout(Duration.ofMillis(700)),
            plan.slices(),
            plan.keep());
    assertThat(end(large)).isEqualTo(new RunEnd.TimedOut());
  }
}
