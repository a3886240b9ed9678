package dev.millrace.orch.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.api.ApiConfig;
import dev.millrace.orch.api.ApiServer;
import dev.millrace.orch.api.TokenBook;
import dev.millrace.orch.api.TokenFile;
import dev.millrace.orch.api.Tokens;
import dev.millrace.orch.client.CoordinatorFile;
import dev.millrace.orch.desk.FakeDesk;
import dev.millrace.orch.desk.Jobs;
import dev.millrace.schema.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenCommandsTest {
  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

  @TempDir Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private Instant now = NOW;
  private ApiServer server;

  @BeforeEach
  void start() throws Exception {
    Path data = Files.createDirectories(folder.resolve(".millrace"));
    String token = TokenFile.readOrMake(data, new SplittableRandom(7));
    InstantSource clock = () -> now;
    TokenBook book = TokenBook.open(data.resolve("tokens.json"), clock, new Random(1));
    server =
        ApiServer.start(
            ApiConfig.loopback(0, "1.2.3"),
            new FakeDesk(),
            Tokens.admin(token, Jobs.TENANT).and(book::holder),
            new ApiServer.Mounted(
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                new ApiServer.Kept(Optional.of(book), Optional.empty(), new Random(2))));
    new CoordinatorFile(server.endpoint().toString(), 1, "1.2.3").write(data);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void aViewersTokenReadsAndChangesNothingUntilItIsRevoked() throws Exception {
    assertThat(run("token", "dash", "--role", "viewer", "--out", "v.token")).isZero();
    assertThat(out()).isEqualTo("wrote v.token, for --token-file\n");
    assertThat(Files.getPosixFilePermissions(folder.resolve("v.token")))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));

    assertThat(run("jobs", "--token-file", "v.token")).isZero();
    assertThat(run("remove", "f", "--token-file", "v.token")).isEqualTo(Exit.TOKEN);
    assertThat(run("token", "list", "--token-file", "v.token")).isEqualTo(Exit.TOKEN);
    assertThat(run("token", "list", "--json")).isZero();
    String id = Json.tree(out.toByteArray()).get(0).get("id").asText();
    assertThat(run("token", "revoke", id)).isZero();
    assertThat(out()).isEqualTo("revoked " + id + "\n");
    assertThat(run("jobs", "--token-file", "v.token")).isEqualTo(Exit.TOKEN);
    assertThat(run("token", "list")).isZero();
    assertThat(out()).contains("There are no tokens", "--role viewer");
  }

  @Test
  void theSecretAloneIsOutputAndWhatItIsStandsBesideIt() {
    assertThat(run("token", "dash", "--role", "tenant", "--expires", "30d")).isZero();

    assertThat(out().strip()).matches("[A-Za-z0-9_-]{43}");
    assertThat(err()).contains("role tenant, until 2026-03-31", "millrace token revoke ");
    assertThat(run("token", "list")).isZero();
    assertThat(out()).contains("tenant", "2026-03-31", "dash");
    now = NOW.plus(Duration.ofDays(31));
    assertThat(run("token", "list")).isZero();
    assertThat(out()).contains("has expired");
  }

  @Test
  void jsonIsAllThatIsPrinted() throws Exception {
    assertThat(run("token", "a", "--role", "admin", "--json")).isZero();
    assertThat(Json.tree(out.toByteArray()).get("secret").asText()).hasSize(43);
    assertThat(err()).isEmpty();
    assertThat(run("token", "b", "--role", "viewer", "--out", "b", "--json")).isZero();
    assertThat(Json.tree(out.toByteArray()).get("file").asText()).isEqualTo("b");
    assertThat(out()).doesNotContain("secret");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "token",
        "token x --role viewr",
        "token x --role provider",
        "token x --role viewer --expires 0d",
        "token x --role viewer --expires soon",
        "token x --role viewer --expires 123456d",
        "token x --expires 30d",
        "token x --role viewer --buckets",
        "token x --role viewer --reach http://h:1",
        "token x --buckets --reach http://h:1",
        "token revoke",
        "token revoke ../functions/f",
        "token BAD/NAME"
      })
  void whatMakesNoSenseIsWrongUsage(String line) {
    assertThat(run(line.split(" "))).isEqualTo(Exit.USAGE);
    assertThat(out()).isEmpty();
    assertThat(err()).isNotBlank();
  }

  @Test
  void noTokenIsMadeWhereItsFileCannotBeWritten() throws Exception {
    Files.writeString(folder.resolve("taken"), "x");

    assertThat(run("token", "x", "--role", "viewer", "--out", "taken")).isEqualTo(Exit.FAILED);
    assertThat(err()).contains("--out");
    assertThat(run("token", "x", "--role", "viewer", "--out", "no/where")).isEqualTo(Exit.FAILED);
    assertThat(err()).contains("--out");
    assertThat(run("token", "list")).isZero();
    assertThat(out()).contains("There are no tokens");
    assertThat(run("token", "x\u0007", "--role", "viewer", "--out", "t")).isEqualTo(Exit.USAGE);
    assertThat(folder.resolve("t")).doesNotExist();
  }

  @Test
  void anUnknownTokenIsNotRevokedAndTheListIsNamed() {
    assertThat(run("token", "revoke", "0123456789abcdef")).isEqualTo(Exit.FAILED);
    assertThat(err()).contains("millrace token list");
  }

  private int run(String... args) {
    out.reset();
    err.reset();
    Setting setting =
        new Setting(
            new Terminal(print(out), print(err), false, false, 80, 24),
            new NoLifecycle(),
            new NoFiles(),
            () -> now,
            folder,
            "1.2.3");
    return Millrace.run(setting, args);
  }

  private static PrintStream print(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }
}
