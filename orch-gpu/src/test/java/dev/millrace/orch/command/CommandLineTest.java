package dev.millrace.orch.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.orch.config.ConfigReader;
import dev.millrace.orch.config.NamedFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How command lines are read. */
final class CommandLineTest {
  @TempDir Path folder;
  private Shell shell;

  @BeforeEach
  void start() throws IOException {
    shell = new Shell(folder);
  }

  @AfterEach
  void stop() {
    shell.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jbos",
        "jobs --stat dead",
        "jobs --max x",
        "jobs --max 0",
        "job",
        "put a",
        "get bucket/key",
        "get s3://bucket/ -",
        "explain s3:///k",
        "up --port 70000",
        "demo --limit 0",
        "ledger",
        "ledger show x",
        "jobs --endpoint ftp://x"
      })
  void refusesCommandLinesThatMakeNoSense(String line) {
    assertThat(shell.run(line.split(" "))).isEqualTo(Exit.USAGE);
    assertThat(shell.err()).startsWith("millrace: ");
    assertThat(shell.out()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "job|",
        "job| ",
        "remove|",
        "functions|",
        "logs|",
        "cancel|x|",
        "redrive|",
        "discard|",
        "deploy|",
        "get|",
        "put|a|",
        "ls|",
        "explain|",
        "secret|set|",
        "secret|remove|",
        "token|",
        "token|revoke|",
        "webhook|",
        "validate|",
        "init|",
        "ledger|prove|",
        "jobs|--function|",
        "jobs|--bucket=",
        "jobs|--data|",
        "jobs|--endpoint|"
      })
  void refusesWordsThatAreEmpty(String line) {
    assertThat(shell.run(line.split("\\|", -1))).isEqualTo(Exit.USAGE);
    assertThat(shell.err())
        .startsWith("millrace: ")
        .doesNotContain("GET ", "Exception")
        .matches("(?s).*(is empty: is a variable of the shell not set\\?|Invalid value).*");
    assertThat(shell.out()).isEmpty();
  }

  @Test
  void readsNoMoreOfAFileThanItIsToHold() throws IOException {
    Path zero = Path.of("/dev/zero");

    assertThat(shell.run("jobs", "--endpoint", "http://127.0.0.1:1", "--token-file", "" + zero))
        .isEqualTo(Exit.TOKEN);
    assertThat(shell.err()).contains("/dev/zero holds no token").hasLineCount(1);
    assertThatThrownBy(() -> NamedFile.text(zero, NamedFile.PAGE))
        .hasMessageStartingWith("/dev/zero is larger than 1024 KiB");
    assertThatThrownBy(() -> new ConfigReader(name -> null).read(zero))
        .hasMessageStartingWith("/dev/zero is larger");
    assertThatThrownBy(() -> NamedFile.word(zero)).hasMessageContaining("4 KiB");
    Path odd = Files.write(folder.resolve("odd"), new byte[] {(byte) 0xff});
    assertThatThrownBy(() -> NamedFile.word(odd)).hasMessageEndingWith("save it as UTF-8");
    byte[] most = new byte[NamedFile.WORD];
    assertThat(NamedFile.bytes(Files.write(folder.resolve("most"), most), NamedFile.WORD))
        .isEqualTo(most);
  }

  @Test
  void aloneItSaysWhatThereIs() {
    assertThat(shell.run()).isEqualTo(Exit.USAGE);

    assertThat(shell.out()).contains("Usage: millrace", "explain", "Exit codes");
    assertThat(shell.err()).isEmpty();
  }

  @Test
  void saysWhatACommandTakesAndWhichWordIsWrong() {
    shell.run("deploy", "a", "b");
    shell.run("put", "-x");
    shell.run("put");
    shell.run("jobs", "--state", "runing");
    shell.run("init", "s", "--runner", "nope");
    shell.run("secret", "set", "x", "--from-file", "/nonexistent");

    assertThat(shell.err())
        .contains("'b' is one word too many: millrace deploy takes FILE\n")
        .contains("Unknown option: '-x'")
        .contains("something is missing: millrace put takes FILE... s3://BUCKET/KEY\n")
        .contains("no state 'runing'; did you mean 'running'? There are: waiting, placed,")
        .contains("no runner 'nope'. There are: process, docker")
        .contains("there is no file /nonexistent: give one that is there");
  }

  @Test
  void saysWhichNamesThereAre() {
    shell.run("init", "Ü x");
    shell.run("token", "t", "--role", "root");

    assertThat(shell.err())
        .contains("cannot be called 'Ü x' like this folder: give it a name of letters, digits,")
        .contains("there is no role 'root'. Roles: viewer, tenant, admin");
  }

  @Test
  void tellsACoordinatorThatHasStoppedFromOneThatNeverWas() throws Exception {
    java.nio.file.Files.delete(shell.data.resolve("coordinator.json"));
    shell.run("jobs");
    shell.run("jobs", "--data", "elsewhere");

    assertThat(shell.err())
        .contains("no coordinator is running in .millrace: start one")
        .contains("no coordinator has run in elsewhere: start one");
  }

  @Test
  void suggestsWhatWasMeant() {
    shell.run("jobs", "--stat", "dead");
    shell.run("jbos");

    assertThat(shell.err()).contains("--state", "there is no command 'jbos'; did you mean 'jobs'?");
  }

  @Test
  void handsPartsTheirOptions() {
    assertThat(shell.run("store", "--port", "0", "--data", "d")).isEqualTo(13);
    assertThat(shell.run("coordinator", "--port", "7071", "--config", "c.yaml")).isEqualTo(14);
    assertThat(shell.run("provider", "--join", "j")).isEqualTo(15);
    assertThat(shell.run("provider", "--port", "1")).isEqualTo(Exit.USAGE);
    assertThat(shell.run("store", "--port", "65536")).isEqualTo(Exit.USAGE);

    PartOptions store = (PartOptions) shell.started.get(0);
    PartOptions coordinator = (PartOptions) shell.started.get(1);
    PartOptions provider = (PartOptions) shell.started.get(2);
    assertThat(store.port()).hasValue(0);
    assertThat(store.data()).endsWithRaw(Path.of("d"));
    assertThat(coordinator.port()).hasValue(7071);
    assertThat(coordinator.config().orElseThrow()).endsWithRaw(Path.of("c.yaml"));
    assertThat(provider.join().orElseThrow()).endsWithRaw(Path.of("j"));
    assertThat(shell.started).hasSize(3);
  }

  @Test
  void handsUpAndDemoTheirOptions() {
    assertThat(shell.run("up", "--port", "0", "--config", "c.yaml")).isEqualTo(11);
    assertThat(shell.run("demo", "--keep", "--limit", "3")).isEqualTo(12);

    UpOptions up = (UpOptions) shell.started.get(0);
    DemoOptions demo = (DemoOptions) shell.started.get(1);
    assertThat(up.data()).isEqualTo(folder.resolve(".millrace"));
    assertThat(up.port()).hasValue(0);
    assertThat(up.storePort()).isEmpty();
    assertThat(up.config()).hasValue(folder.resolve("c.yaml"));
    assertThat(demo.keep()).isTrue();
    assertThat(demo.limit()).hasValue(3);
    assertThat(demo.data()).isEmpty();
  }
}
