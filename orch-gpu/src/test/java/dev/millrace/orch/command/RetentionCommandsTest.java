package dev.millrace.orch.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.api.ApiConfig;
import dev.millrace.orch.api.ApiServer;
import dev.millrace.orch.api.Role;
import dev.millrace.orch.api.TokenFile;
import dev.millrace.orch.api.Tokens;
import dev.millrace.orch.api.view.RetentionView;
import dev.millrace.orch.api.view.RoundView;
import dev.millrace.orch.client.CoordinatorFile;
import dev.millrace.orch.desk.FakeDesk;
import dev.millrace.orch.desk.Jobs;
import dev.millrace.orch.retention.FakeRetention;
import dev.millrace.orch.retention.Rules;
import dev.millrace.schema.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetentionCommandsTest {
  @TempDir Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private FakeRetention retention;
  private ApiServer server;

  private void start(Rules rules, Role role) throws Exception {
    Path data = Files.createDirectories(folder.resolve(".millrace"));
    String token = TokenFile.readOrMake(data, new SplittableRandom(7));
    retention = new FakeRetention(rules, Jobs.NOW);
    server =
        ApiServer.start(
            ApiConfig.loopback(0, "1.2.3"),
            new FakeDesk(),
            Tokens.admin("another", Jobs.TENANT)
                .and(presented ->
                    presented.equals(token)
                        ? Optional.of(new Tokens.Principal(Jobs.TENANT, role, null))
                        : Optional.empty()),
            new ApiServer.Mounted(
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(retention),
                new ApiServer.Kept(Optional.empty(), Optional.empty(), new SplittableRandom(2))));
    new CoordinatorFile(server.endpoint().toString(), 1, "1.2.3").write(data);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private int run(String... args) {
    out.reset();
    err.reset();
    PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
    PrintStream errors = new PrintStream(err, true, StandardCharsets.UTF_8);
    Setting setting =
        new Setting(
            new Terminal(print, errors, false, false, 80, 24),
            new NoLifecycle(),
            new NoFiles(),
            () -> Jobs.NOW,
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

  @Test
  void withoutRulesItSaysThatNothingIsRemovedAndHowToLook() throws Exception {
    start(Rules.NEVER, Role.ADMIN);

    assertThat(run("retention")).isZero();

    assertThat(out()).startsWith("retention is off: nothing is removed\n");
    assertThat(err() + out()).contains("millrace retention --logs 30d");
  }

  @Test
  void whatWouldGoIsToldForRulesThatNobodyHasWritten() throws Exception {
    start(Rules.NEVER, Role.ADMIN);

    assertThat(run("retention", "--logs", "30d", "--jobs", "365d")).isZero();

    assertThat(out())
        .contains("retention is off")
        .contains("as if kept: logs 30d, notices never, jobs 365d")
        .contains("  logs     of 1,200 jobs, more than 5.0 MiB\n")
        .contains("  notices  0, free leases 0, carried entries 0\n")
        .contains("  jobs     attempts and steps of 7, ");
  }

  @Test
  void programsGetAllOfIt() throws Exception {
    start(Rules.of("30d", "never", "never"), Role.ADMIN);

    assertThat(run("retention", "--json", "--notices", "12h")).isZero();

    RetentionView view = Json.read(out(), RetentionView.class);
    assertThat(view.configured()).isEqualTo(new RetentionView.Times("30d", "never", "never"));
    assertThat(view.asked()).isEqualTo(new RetentionView.Times("30d", "12h", "never"));
    assertThat(view.logs()).isEqualTo(new RetentionView.Logs(1200, 1000, 990, 5 << 20));
    assertThat(view.last()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"30", "30 days", "-1d", "1m", "soon", "99999999999d", "36501d", "0d"})
  void aTimeThatIsNoneOrTooShortIsRefusedWithWhatIsAllowed(String time) throws Exception {
    start(Rules.NEVER, Role.ADMIN);

    assertThat(run("retention", "--logs", time)).isEqualTo(2);

    assertThat(err()).contains("logs").contains("never");
  }

  @Test
  void aTimeThatIsEmptyIsNotTakenForWhatIsConfigured() throws Exception {
    start(Rules.of("30d", "never", "never"), Role.ADMIN);

    assertThat(run("retention", "--logs", "")).isEqualTo(2);

    assertThat(err()).contains("--logs is empty");
  }

  @Test
  void jobsThatGoBeforeTheirLogsAreRefused() throws Exception {
    start(Rules.NEVER, Role.ADMIN);

    assertThat(run("retention", "--logs", "30d", "--jobs", "7d")).isEqualTo(2);

    assertThat(err()).contains("jobs: 7d is shorter than logs: 30d");
  }

  @Test
  void aRunGoesOnUntilNothingIsLeftAndTellsTheSum() throws Exception {
    start(Rules.of("30d", "30d", "365d"), Role.ADMIN);
    retention.rounds = 3;

    assertThat(run("retention", "run")).isZero();

    assertThat(out())
        .isEqualTo(
            """
              removed  logs of 1,500 jobs, 3.0 MiB; attempts and steps of 9
                       notices 30, leases 15, carried entries 12
            """);
    assertThat(retention.trusted).isFalse();
    assertThat(run("retention", "run", "--trust-clock", "--json")).isZero();
    assertThat(retention.trusted).isTrue();
    assertThat(Json.read(out(), RoundView.class).logs()).isEqualTo(500);
    assertThat(run("retention")).isZero();
    assertThat(out()).contains("kept: logs 30d, notices 30d, jobs 365d").contains("last round at");
  }

  @Test
  void whatStaysIsSaidAndEndsWithOne() throws Exception {
    start(Rules.of("30d", "never", "never"), Role.ADMIN);
    retention.troubles = List.of("DELETE out/.millrace/x: AccessDenied");

    assertThat(run("retention", "run")).isEqualTo(1);

    assertThat(out()).contains("  stays    DELETE out/.millrace/x: AccessDenied");
  }

  @Test
  void aRunWithoutRulesIsRefusedWithWhatToDo() throws Exception {
    start(Rules.NEVER, Role.ADMIN);

    assertThat(run("retention", "run")).isEqualTo(1);

    assertThat(err()).contains("retention is off").contains("retention: {logs: 30d}");
  }

  @Test
  void aClockThatIsAheadIsSaid() throws Exception {
    start(Rules.of("30d", "never", "never"), Role.ADMIN);
    retention.counted = Jobs.NOW.minus(Duration.ofDays(2));

    assertThat(run("retention")).isZero();

    assertThat(out())
        .contains("the clock is ahead of what has passed")
        .contains("of these go now: logs of 1 jobs, attempts and steps of 2, other rows 3")
        .contains("a day an hour");

    retention.counted = Jobs.NOW.minus(Duration.ofDays(300));
    retention.standing = true;
    assertThat(run("retention")).isZero();
    assertThat(out()).contains("nothing ages until you say that the clock is right");
  }

  @ParameterizedTest
  @ValueSource(strings = {"VIEWER", "TENANT"})
  void onlyAnAdministratorMayAskOrRun(String role) throws Exception {
    start(Rules.of("30d", "never", "never"), Role.valueOf(role));

    assertThat(run("retention")).isEqualTo(4);
    assertThat(run("retention", "run")).isEqualTo(4);
  }
}
