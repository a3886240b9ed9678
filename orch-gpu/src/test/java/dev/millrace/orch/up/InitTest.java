package dev.millrace.orch.up;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.orch.command.FdlFiles;
import dev.millrace.orch.command.Millrace;
import dev.millrace.orch.command.Setting;
import dev.millrace.orch.command.Terminal;
import dev.millrace.orch.config.ConfigReader;
import dev.millrace.orch.config.MillraceConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code init} writes can be used as it is, and nothing is written over. */
final class InitTest {
  @TempDir private Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... args) {
    out.reset();
    err.reset();
    Terminal terminal =
        new Terminal(new PrintStream(out), new PrintStream(err), false, false, 80, 24);
    return Millrace.run(
        new Setting(terminal, new Wired(), Wired.fdl(), Clock.systemUTC(), folder, "test"), args);
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private FdlFiles.Checked checked(String name) throws IOException {
    return Wired.fdl().check(folder.resolve(name).resolve("function.yaml"), "function.yaml");
  }

  private MillraceConfig config(String name) throws IOException {
    return new ConfigReader(key -> null).read(folder.resolve(name).resolve("millrace.yaml"));
  }

  @Test
  void aProcessIsAllowedByItsName() throws IOException {
    assertThat(run("init", "hello")).isZero();

    assertThat(checked("hello").exitCode()).isZero();
    assertThat(checked("hello").text()).contains("0 errors, 0 warnings").contains("process");
    assertThat(config("hello").provider().processAllow()).containsExactly("hello");
    assertThat(out())
        .contains("up --config hello/millrace.yaml")
        .contains("deploy hello/function.yaml")
        .contains("put hello/example.txt s3://hello/in/")
        .contains("get s3://hello/out/example.txt - --wait 60");
    assertThat(out().lines()).allMatch(line -> line.length() <= 120);
  }

  @Test
  void itsScriptKeepsTheFoldersOfAKey() throws Exception {
    assertThat(run("init", "hello")).isZero();
    Files.writeString(folder.resolve("input"), "a b");

    for (String key : new String[] {"x/a.txt", "y/a b.txt", "c"}) {
      Path output = Files.createTempDirectory(folder, "output");
      assertThat(shout("in/" + key, output)).as(key).isZero();
      assertThat(output.resolve(key)).as(key).hasContent("A B");
    }
  }

  @Test
  void itsScriptWritesNowhereElseWhateverTheKeyIs() throws Exception {
    assertThat(run("init", "hello")).isZero();
    Files.writeString(folder.resolve("input"), "a b");
    Path output = Files.createDirectories(folder.resolve("run/output"));

    for (String key : new String[] {"../out", "a/../../out", "..", "a/.."}) {
      assertThat(shout("in/" + key, output)).as(key).isEqualTo(1);
    }
    assertThat(folder.resolve("run/out")).doesNotExist();
    assertThat(output).isEmptyDirectory();
  }

  private int shout(String key, Path output) throws Exception {
    ProcessBuilder script = new ProcessBuilder("sh", folder.resolve("hello/script.sh").toString());
    script.redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile());
    script.environment().put("STORAGE_OBJECT_KEY", key);
    script.environment().put("INPUT_FILE_PATH", folder.resolve("input").toString());
    script.environment().put("TMP_OUTPUT_DIR", output.toString());
    return script.start().waitFor();
  }

  @Test
  void anImageIsTakenAsItIsWritten() throws IOException {
    for (String image : new String[] {"debian:12", "host:5000/a/b@sha256:" + "0".repeat(64)}) {
      Path at = Files.createTempDirectory(folder, "image");

      assertThat(run("init", at.toString(), "--image", image, "--name", "f")).isZero();

      assertThat(Wired.fdl().check(at.resolve("function.yaml"), "function.yaml").text())
          .contains("docker")
          .contains(image)
          .contains("0 errors, 0 warnings");
      assertThat(new ConfigReader(key -> null).read(at.resolve("millrace.yaml")).provider())
          .matches(p -> p.docker().enabled() == MillraceConfig.Enabled.TRUE);
    }
  }

  @Test
  void namesThatYamlAndBucketsWouldMistakeAreWrittenSoThatTheyHold() throws IOException {
    for (String name : new String[] {"no", "1.0", "Upper_Case", "x", "007", "null"}) {
      assertThat(run("init", name)).as(name).isZero();
      assertThat(checked(name).text()).as(name).contains(name).contains("0 errors, 0 warnings");
      assertThat(config(name).provider().processAllow()).containsExactly(name);
    }
  }

  @Test
  void nothingIsOverwrittenAndNothingIsHalfWritten() throws IOException {
    Files.createDirectories(folder.resolve("mine"));
    Files.writeString(folder.resolve("mine/script.sh"), "mine");

    assertThat(run("init", "mine")).isEqualTo(1);

    assertThat(err()).contains("mine/script.sh is there already");
    assertThat(files("mine")).containsExactly("script.sh");
    assertThat(folder.resolve("mine/script.sh")).hasContent("mine");
    Files.writeString(folder.resolve("file"), "a file");
    assertThat(run("init", "file")).isEqualTo(1);
    assertThat(err()).contains("is no folder");
  }

  @Test
  void whatMakesNoSenseIsRefusedWithTheNearestWord() {
    assertThat(run("init", "x", "--runner", "dokcer")).isEqualTo(2);
    assertThat(err()).contains("did you mean 'docker'?");
    assertThat(run("init", "x", "--runner", "docker")).isEqualTo(2);
    assertThat(err()).contains("add --image");
    assertThat(run("init", "x", "--runner", "process", "--image", "a")).isEqualTo(2);
    assertThat(run("init", "x", "--image", "a b")).isEqualTo(2);
    assertThat(run("init", "x", "--image", "")).isEqualTo(2);
    assertThat(run("init", "x", "--bucket", "No_Bucket")).isEqualTo(2);
    assertThat(run("init", "x", "--name", "a/b")).isEqualTo(2);
    assertThat(run("init", "a b")).isEqualTo(2);
    assertThat(err()).contains("--name");
    assertThat(run("init", "x", "--sample", "ocr", "--image", "a")).isEqualTo(2);
    assertThat(folder.resolve("x")).doesNotExist();
  }

  private Set<String> files(String name) throws IOException {
    Path root = folder.resolve(name);
    Set<String> found = new TreeSet<>();
    try (Stream<Path> all = Files.walk(root)) {
      all.filter(Files::isRegularFile).forEach(f -> found.add(root.relativize(f).toString()));
    }
    return found;
  }
}
