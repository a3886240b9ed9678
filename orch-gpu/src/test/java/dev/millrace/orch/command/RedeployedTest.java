package dev.millrace.orch.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.api.view.FunctionView;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class RedeployedTest {
  private static FunctionView view(int revision, String in, @Nullable String image) {
    return new FunctionView(
        "slow",
        revision,
        "millrace",
        Instant.EPOCH,
        image == null ? "process" : "docker",
        image,
        256,
        1000,
        "cpu",
        Duration.ofMinutes(5),
        3,
        0,
        List.of(
            new FunctionView.Rule(
                in.equals("moved") ? "minio.default" : "millrace.default",
                in,
                "in",
                List.of(),
                List.of())),
        List.of(),
        List.of(),
        null,
        image == null ? List.of() : List.of(new FunctionView.Wanted("KEY", "maps.key", true)),
        image == null ? List.of("far") : List.of());
  }

  @Test
  void namesWhatIsElsewhereNow() {
    assertThat(Redeployed.changes(view(2, "slow", null), view(3, "other", "debian:12")))
        .contains(
            "input s3://slow/in/ -> s3://other/in/, runner process -> docker,"
                + " image none -> debian:12, secrets none -> KEY from maps.key, trust far -> none");
  }

  @Test
  void namesAStoreThatIsNotTheEmbeddedOne() {
    assertThat(Redeployed.changes(view(2, "moved", null), view(3, "slow", null)))
        .contains("input s3://moved/in/ of minio.default -> s3://slow/in/");
  }

  @Test
  void saysThatTheRestOfItIsNotShown() {
    assertThat(Redeployed.changes(view(2, "slow", null), view(3, "slow", null)).orElseThrow())
        .contains("its script for instance");
    assertThat(Redeployed.changes(view(2, "slow", null), view(2, "slow", null))).isEmpty();
  }
}
