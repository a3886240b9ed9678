package dev.millrace.orch.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the launcher in a house of its own, with a JDK and a Maven that only tell of themselves. */
class LauncherTest {
  @TempDir Path folder;
  private Path house;
  private Path target;
  private final Map<String, String> environment = new HashMap<>();

  @BeforeEach
  void lay() throws IOException {
    Path launcher = Path.of("").toAbsolutePath().resolve("../millrace").normalize();
    house = Files.createDirectories(folder.resolve("a house"));
    target = Files.createDirectories(house.resolve("orch-gpu/target/lib")).getParent();
    program(house.resolve("millrace"), Files.readString(launcher));
    Files.writeString(house.resolve("pom.xml"), "<project/>");
    Path jdk = folder.resolve("jdk");
    program(jdk.resolve("bin/java"), "#!/bin/sh\nfor w; do echo \"[$w]\"; done\nexit 7\n");
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25.0.1\"\n");
    environment.put("MILLRACE_JAVA_HOME", jdk.toString());
    program(
        folder.resolve("maven/mvn"),
        "#!/bin/sh\necho \"mvn $* with $JAVA_HOME\"\n: > orch-gpu/target/orch-gpu-1.jar\n");
  }

  @Test
  void startsWhatIsBuiltThroughALinkFromAnyFolder() throws Exception {
    build();
    Path link = Files.createSymbolicLink(folder.resolve("link"), house.resolve("millrace"));

    Outcome outcome = run(link, "jobs", "a b");

    assertThat(outcome.exit()).isEqualTo(7);
    assertThat(outcome.err()).isEmpty();
    assertThat(outcome.out())
        .contains("[--enable-native-access=ALL-UNNAMED]\n")
        .contains("[" + target + "/orch-gpu-1.jar:" + target + "/lib/*]\n")
        .endsWith("[dev.millrace.orch.Main]\n[jobs]\n[a b]\n");
  }

  @Test
  void buildsWhenNothingIsBuiltAndOnceOnly() throws Exception {
    environment.put("PATH", folder.resolve("maven") + ":" + System.getenv("PATH"));

    Outcome first = run(house.resolve("millrace"));
    Outcome second = run(house.resolve("millrace"));

    assertThat(first.err()).startsWith("millrace: building").hasLineCount(1);
    assertThat(target.resolve("build.log"))
        .hasContent(
            "mvn -q -B -Dmaven.test.skip=true -Dspotless.check.skip=true -Dcyclonedx.skip=true package with "
                + environment.get("MILLRACE_JAVA_HOME")
                + "\n");
    assertThat(second.err()).isEmpty();
  }

  @Test
  void buildsAgainWhenASourceIsNewer() throws Exception {
    build();
    environment.put("PATH", folder.resolve("maven") + ":" + System.getenv("PATH"));
    Path source = Files.createDirectories(house.resolve("room/src/main/java")).resolve("A.java");
    Files.writeString(source, "");

    assertThat(run(house.resolve("millrace")).err()).startsWith("millrace: building");
  }

  @Test
  void showsTheEndOfTheLogWhenTheBuildFails() throws Exception {
    program(folder.resolve("maven/mvn"), "#!/bin/sh\necho broken source >&2\nexit 1\n");
    environment.put("PATH", folder.resolve("maven") + ":" + System.getenv("PATH"));

    Outcome outcome = run(house.resolve("millrace"));

    assertThat(outcome.exit()).isEqualTo(1);
    assertThat(outcome.err()).contains("broken source\n", "the build failed");
    assertThat(target.resolve("lib/.built")).doesNotExist();
  }

  @Test
  void saysInOneLineThatMavenIsMissing() throws Exception {
    environment.put("PATH", toolsWithoutMaven().toString());

    Outcome outcome = run(house.resolve("millrace"));

    assertThat(outcome.exit()).isEqualTo(1);
    assertThat(outcome.err()).contains("install Maven 3.8").hasLineCount(1);
  }

  @Test
  void refusesAJdkThatIsTooOld() throws Exception {
    build();
    Path old = Path.of(environment.get("MILLRACE_JAVA_HOME"));
    Files.writeString(old.resolve("release"), "JAVA_VERSION=\"17.0.9\"\n");

    Outcome outcome = run(house.resolve("millrace"));

    assertThat(outcome.exit()).isEqualTo(1);
    assertThat(outcome.err()).contains("holds no JDK 25").hasLineCount(1);
  }

  @Test
  void givesTheProgramAnEncodingThatEveryKeyCanBeWrittenIn() throws Exception {
    build();
    Path java = Path.of(environment.get("MILLRACE_JAVA_HOME")).resolve("bin/java");
    program(java, "#!/bin/sh\necho \"${LC_ALL:-} ${LANG:-}\"\n");
    environment.put("LC_CTYPE", "");
    environment.put("LANG", "C");

    environment.put("LC_ALL", "POSIX");
    assertThat(run(house.resolve("millrace")).out()).isEqualTo("C.UTF-8 C\n");

    environment.put("LC_ALL", "de_DE.UTF-8");
    assertThat(run(house.resolve("millrace")).out()).isEqualTo("de_DE.UTF-8 C\n");

    environment.put("LC_ALL", "");
    environment.put("LANG", "en_GB.utf8");
    assertThat(run(house.resolve("millrace")).out()).isEqualTo(" en_GB.utf8\n");
  }

  private Path toolsWithoutMaven() throws IOException {
    Path tools = Files.createDirectories(folder.resolve("tools"));
    for (String tool : List.of("sh", "sed", "dirname", "readlink", "find", "head", "stty")) {
      Path real = Path.of("/usr/bin").resolve(tool);
      Files.createSymbolicLink(
          tools.resolve(tool), Files.exists(real) ? real : Path.of("/bin").resolve(tool));
    }
    return tools;
  }

  private void build() throws IOException {
    Files.writeString(target.resolve("orch-gpu-1.jar"), "");
    Path stamp = Files.writeString(target.resolve("lib/.built"), "");
    Instant past = Instant.now().minusSeconds(60);
    Files.setLastModifiedTime(house.resolve("pom.xml"), FileTime.from(past.minusSeconds(60)));
    Files.setLastModifiedTime(stamp, FileTime.from(past));
  }

  private record Outcome(int exit, String out, String err) {}

  private Outcome run(Path launcher, String... words) throws Exception {
    List<String> command = new java.util.ArrayList<>(List.of("/bin/sh", launcher.toString()));
    command.addAll(List.of(words));
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().putAll(environment);
    int exit = builder.start().waitFor();
    return new Outcome(exit, Files.readString(out), Files.readString(err));
  }

  private static void program(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.write(file, text.getBytes(StandardCharsets.UTF_8));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
