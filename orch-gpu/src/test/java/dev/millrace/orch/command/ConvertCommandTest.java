package dev.millrace.orch.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.fdl.FdlSchema;
import dev.millrace.orch.up.Wired;
import dev.millrace.schema.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code convert} and {@code validate} on real files, with the reader that a deploy uses. */
class ConvertCommandTest {
  private static final String OLD =
      """
      functions:
        scar-cow:
          image: grycap/cowsay
          init_script: cow.sh
          environment: {HERD: 3}
          secrets: {KEY: hunter2}
          s3: {input_bucket: herd}
          api_gateway: {name: cow}
      """;

  @TempDir Path folder;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeEach
  void writeTheOldFile() throws IOException {
    Files.writeString(folder.resolve("scar.yaml"), OLD);
    Files.writeString(folder.resolve("cow.sh"), "echo moo\n");
  }

  private int run(String... args) {
    out.reset();
    err.reset();
    Terminal terminal =
        new Terminal(
            new PrintStream(out, true, UTF_8),
            new PrintStream(err, true, UTF_8),
            false,
            false,
            80,
            24);
    InstantSource clock = InstantSource.fixed(Instant.parse("2026-11-22T00:00:00Z"));
    return Millrace.run(
        new Setting(terminal, nothingToStart(), Wired.fdl(), clock, folder, "1"), args);
  }

  private String out() {
    return out.toString(UTF_8);
  }

  private String err() {
    return err.toString(UTF_8);
  }

  @Test
  void whatIsConvertedToTheOutputValidatesAsItIs() throws IOException {
    assertThat(run("convert", "scar.yaml")).isZero();
    assertThat(err())
        .contains(
            "scar-cow.api_gateway: not honoured",
            "set it before deploy: millrace secret set scar-cow.KEY");
    assertThat(out()).contains("- name: scar-cow", "script: cow.sh").doesNotContain("hunter2");
    Files.writeString(folder.resolve("new.yaml"), out());

    assertThat(run("validate", "new.yaml")).isZero();
    assertThat(out()).contains("scar-cow  (millrace)", "0 errors", "KEY from scar-cow.KEY");
    assertThat(out().lines()).allSatisfy(l -> assertThat(l.length()).isLessThanOrEqualTo(80));
  }

  @Test
  void aFileThatIsThereIsKeptUnlessForced() throws IOException {
    Path target = Files.writeString(folder.resolve("new.yaml"), "mine\n");

    assertThat(run("convert", "scar.yaml", "-o", "new.yaml")).isEqualTo(Exit.FAILED);
    assertThat(err()).contains("new.yaml is there already", "--force");
    assertThat(target).hasContent("mine");
    assertThat(run("convert", "scar.yaml", "-o", "new.yaml", "--force")).isZero();
    assertThat(err()).contains("wrote new.yaml, 1 function");
    assertThat(Files.readString(target)).contains("functions:\n  millrace:\n");
    assertThat(folder).isDirectoryNotContaining("glob:**.new");
  }

  @Test
  void forceTouchesNoOtherFileAndFollowsNoLinkBesideTheTarget() throws IOException {
    Path target = Files.writeString(folder.resolve("new.yaml"), "mine\n");
    Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rw-r-----"));
    Path other = Files.writeString(folder.resolve("precious"), "precious\n");
    Path link = Files.createSymbolicLink(folder.resolve("new.yaml.new"), other);
    Files.writeString(folder.resolve("to.yaml.new"), "also mine\n");

    assertThat(run("convert", "scar.yaml", "-o", "new.yaml", "--force")).isZero();
    assertThat(run("convert", "scar.yaml", "-o", "to.yaml", "--force")).isZero();

    assertThat(other).hasContent("precious");
    assertThat(link).isSymbolicLink();
    assertThat(folder.resolve("to.yaml.new")).hasContent("also mine");
    assertThat(Files.readString(target)).contains("functions:\n  millrace:\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target)))
        .isEqualTo("rw-r-----");
    assertThat(Files.readString(folder.resolve("to.yaml"))).contains("functions:\n");
    assertThat(folder).isDirectoryNotContaining("glob:**.millrace*");
  }

  @Test
  void forceReplacesALinkAndNotWhatItLeadsTo() throws IOException {
    Path other = Files.writeString(folder.resolve("precious"), "precious\n");
    Path link = Files.createSymbolicLink(folder.resolve("new.yaml"), other);

    assertThat(run("convert", "scar.yaml", "-o", "new.yaml", "--force")).isZero();

    assertThat(other).hasContent("precious");
    assertThat(link).isRegularFile();
    assertThat(Files.isSymbolicLink(link)).isFalse();
  }

  @Test
  void theFileThatIsConvertedIsNotWrittenOver() throws IOException {
    assertThat(run("convert", "scar.yaml", "-o", "scar.yaml")).isEqualTo(Exit.FAILED);
    assertThat(folder.resolve("scar.yaml")).hasContent(OLD);
  }

  @Test
  void scriptsAreNamedFromTheFolderOfTheConvertedFile() throws IOException {
    Path below = Files.createDirectory(folder.resolve("below"));

    assertThat(run("convert", "scar.yaml", "-o", "below/new.yaml")).isZero();
    assertThat(err()).contains("put the scripts beside it");
    Files.move(folder.resolve("scar.yaml"), below.resolve("scar.yaml"));
    assertThat(run("convert", "below/scar.yaml", "-o", "new.yaml")).isZero();
    assertThat(Files.readString(folder.resolve("new.yaml"))).contains("script: below/cow.sh\n");
  }

  @Test
  void nothingIsWrittenWhenAnythingIsAnError() throws IOException {
    Files.writeString(folder.resolve("bad.yaml"), "functions: {f: {image_file: a.tar.gz}}");

    assertThat(run("convert", "scar.yaml", "bad.yaml", "-o", "new.yaml")).isEqualTo(Exit.FAILED);
    assertThat(err()).contains("image archives are not read", "nothing is converted");
    assertThat(out()).isEmpty();
    assertThat(folder.resolve("new.yaml")).doesNotExist();
  }

  @Test
  void aMissingFileAMissingFolderAndNoFileAreMistakesThatSaySo() {
    assertThat(run("convert", "gone.yaml")).isEqualTo(Exit.FAILED);
    assertThat(err()).contains("gone.yaml: there is no such file");
    assertThat(run("convert")).isEqualTo(Exit.USAGE);
    assertThat(run("convert", "scar.yaml", "-o", "no/such/new.yaml")).isEqualTo(Exit.FAILED);
    assertThat(err()).contains("no/such").doesNotContain("Exception");
  }

  @Test
  void aFileIsNamedAsItWasGiven() throws IOException {
    Files.createDirectories(folder.resolve("a/b"));
    Files.writeString(folder.resolve("a/b/f.yaml"), "functions: {millrace: [{nam: f}]}");

    assertThat(run("validate", "a/b/f.yaml", "a/../a/b/f.yaml")).isEqualTo(Exit.FAILED);
    assertThat(out().lines())
        .anyMatch(line -> line.startsWith("a/b/f.yaml: 0 functions"))
        .anyMatch(line -> line.startsWith("a/b/f.yaml:1:"))
        .anyMatch(line -> line.startsWith("a/../a/b/f.yaml: 0 functions"));
    Files.copy(folder.resolve("scar.yaml"), folder.resolve("a/scar.yaml"));
    assertThat(run("convert", "a/scar.yaml", "-o", "a/new.yaml")).isZero();
    assertThat(err()).contains("a/scar.yaml:");
  }

  @Test
  void aFolderIsSaidToBeOneAndWhetherItHasAnFdlFile() throws IOException {
    Files.createDirectories(folder.resolve("empty"));
    Files.createDirectories(folder.resolve("full"));
    Files.writeString(folder.resolve("full/function.yaml"), "functions: {}");

    assertThat(run("validate", "empty", "full", "gone")).isEqualTo(Exit.FAILED);

    assertThat(out())
        .contains("empty: is a folder, and has no function.yaml: give the path of an FDL file\n")
        .contains("full: is a folder; its FDL file is full/function.yaml\n")
        .contains("gone: there is no such file\n");
    assertThat(run("convert", "full")).isEqualTo(Exit.FAILED);
    assertThat(err()).contains("its FDL file is full/function.yaml");
    assertThat(run("deploy", "full")).isEqualTo(Exit.FAILED);
    assertThat(err()).contains("its FDL file is full/function.yaml");
  }

  @Test
  void initRefusesAFolderWithoutAName() throws IOException {
    assertThat(run("init", "")).isEqualTo(Exit.USAGE);

    assertThat(err()).contains("FOLDER is empty");
    assertThat(folder.resolve("function.yaml")).doesNotExist();
  }

  @Test
  void theSchemaIsPrintedForEditors() {
    assertThat(run("validate", "--schema")).isZero();
    assertThat(out()).isEqualTo(FdlSchema.text());
    assertThat(run("validate")).isEqualTo(Exit.USAGE);
    assertThat(err()).contains("--schema");
  }

  @Test
  void programsGetJsonWithPlaces() throws IOException {
    Files.writeString(
        folder.resolve("f.yaml"), "functions: {millrace: [{name: f, image: a, timeot: 5m}]}");

    assertThat(run("validate", "f.yaml", "--json")).isEqualTo(Exit.FAILED);
    JsonNode report = Json.tree(out.toByteArray()).get(0);
    assertThat(report.get("valid").asBoolean()).isFalse();
    assertThat(report.at("/problems/0/path").asText()).isEqualTo("functions.millrace[0].timeot");
    assertThat(report.at("/problems/0/line").asInt()).isEqualTo(1);
    assertThat(report.at("/problems/0/message").asText()).contains("did you mean 'timeout'");
    assertThat(run("convert", "scar.yaml", "--json")).isZero();
    assertThat(Json.tree(out.toByteArray()).get("yaml").asText()).contains("- name: scar-cow");
    assertThat(Json.tree(out.toByteArray()).get("notes")).isNotEmpty();
  }

  @Test
  void validateRefusesTheOldLayoutAndAFileThatIsTooLarge() throws IOException {
    Files.writeString(folder.resolve("large.yaml"), ("#" + "x".repeat(1023) + "\n").repeat(10_241));

    assertThat(run("validate", "scar.yaml")).isEqualTo(Exit.FAILED);
    assertThat(out()).contains("millrace convert");
    assertThat(run("validate", "large.yaml")).isEqualTo(Exit.FAILED);
    assertThat(out()).contains("allowed are 10485760");
    assertThat(run("convert", "large.yaml")).isEqualTo(Exit.FAILED);
  }

  /** These commands start nothing. */
  private static Lifecycle nothingToStart() {
    Class<?>[] ports = {Lifecycle.class};
    ClassLoader loader = Lifecycle.class.getClassLoader();
    return (Lifecycle) Proxy.newProxyInstance(loader, ports, (p, m, a) -> Exit.FAILED);
  }
}
