package dev.millrace.hosted;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The artifact as it was packed, started as a process of its own. */
final class Packaged implements AutoCloseable {
  private final Process process;
  private final Path log;

  private Packaged(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /** Starts one of its main classes, with nothing else in its environment. */
  static Packaged start(Path folder, Map<String, String> environment, String... command)
      throws IOException {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(List.of("-Xmx512m", "--enable-native-access=ALL-UNNAMED", "-cp", classPath()));
    line.addAll(List.of(command));
    Path log = Files.createTempFile(folder, "host", ".log");
    ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
    builder.redirectOutput(log.toFile());
    builder.environment().clear();
    builder.environment().put("PATH", System.getenv("PATH"));
    builder.environment().put("LANG", "C.UTF-8");
    builder.environment().putAll(environment);
    return new Packaged(builder.start(), log);
  }

  private static String classPath() throws IOException {
    Path target = Path.of("target").toAbsolutePath();
    try (Stream<Path> files = Files.list(target)) {
      Path jar =
          files
              .filter(f -> f.getFileName().toString().matches("function-runtime-hosted-.*\\.jar"))
              .filter(f -> !f.toString().endsWith("-tests.jar"))
              .findFirst()
              .orElseThrow(() -> new IOException("package first: no jar lies in " + target));
      return jar + ":" + target.resolve("hosted/lib") + "/*";
    }
  }

  String said() throws IOException {
    return Files.readString(log);
  }

  boolean alive() {
    return process.isAlive();
  }

  int exitCode() throws InterruptedException {
    return process.waitFor();
  }

  /** Ends it as a machine does that loses power. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(10, java.util.concurrent.TimeUnit.SECONDS)) {
      kill();
    }
  }
}
