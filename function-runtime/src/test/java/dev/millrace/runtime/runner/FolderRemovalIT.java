package dev.millrace.runtime.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Root may do everything: only another user shows whether locked folders are really opened. */
class FolderRemovalIT {
  private static final String NOBODY = "65534";

  @TempDir Path home;

  @Test
  void whatAFunctionLockedIsRemovedByAUserWhoIsNotRoot() throws Exception {
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxrwxrwx"));
    // The other user may not be able to read where this is built.
    Path classes = home.resolve("classes");
    for (Class<?> each : List.of(FolderRemoval.class, RemovesFolder.class)) {
      copy(each, classes);
    }

    List<String> command = new ArrayList<>();
    if (root()) {
      command.addAll(
          List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"));
    }
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            classes.toString(),
            RemovesFolder.class.getName(),
            home.resolve("left").toString()));
    Process removing = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(removing.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(removing.waitFor()).as(said).isZero();
    assertThat(home.resolve("left")).doesNotExist();
  }

  private static boolean root() throws Exception {
    return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
  }

  private static void copy(Class<?> each, Path to) throws Exception {
    String name = each.getName().replace('.', '/') + ".class";
    Path file = to.resolve(name);
    Files.createDirectories(file.getParent());
    try (InputStream in = each.getClassLoader().getResourceAsStream(name)) {
      Files.copy(Objects.requireNonNull(in), file);
    }
  }
}
