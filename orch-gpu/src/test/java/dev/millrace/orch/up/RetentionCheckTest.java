package dev.millrace.orch.up;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.api.ApiConfig;
import dev.millrace.orch.api.ApiServer;
import dev.millrace.orch.api.Tokens;
import dev.millrace.orch.desk.FakeDesk;
import dev.millrace.orch.desk.Jobs;
import dev.millrace.orch.doctor.Finding;
import dev.millrace.orch.retention.FakeRetention;
import dev.millrace.orch.retention.Rules;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class RetentionCheckTest {
  private static final Rules RULES = Rules.of("30d", "never", "never");

  private static List<Finding> found(Rules rules, boolean standing, String token) throws Exception {
    FakeRetention retention = new FakeRetention(rules, Jobs.NOW);
    retention.standing = standing;
    try (ApiServer server =
        ApiServer.start(
            ApiConfig.loopback(0, "1.2.3"),
            new FakeDesk(),
            Tokens.admin("right", Jobs.TENANT),
            new ApiServer.Mounted(
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(retention),
                new ApiServer.Kept(Optional.empty(), Optional.empty(), new SplittableRandom(2))))) {
      return RetentionCheck.of(server.endpoint(), token);
    }
  }

  @Test
  void thatNothingAgesIsFoundWithWhatToDo() throws Exception {
    assertThat(found(RULES, true, "right"))
        .singleElement()
        .asString()
        .contains("days ahead")
        .contains("retention run --trust-clock");
  }

  @Test
  void nothingIsFoundWhereItAgesOrNothingIsRemovedOrTheTokenIsWrong() throws Exception {
    assertThat(found(RULES, false, "right")).isEmpty();
    assertThat(found(Rules.NEVER, true, "right")).isEmpty();
    assertThat(found(RULES, true, "wrong")).isEmpty();
  }
}
