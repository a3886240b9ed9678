package dev.millrace.orch.up;

import dev.millrace.orch.command.Millrace;
import dev.millrace.orch.command.NoFiles;
import dev.millrace.orch.command.NoLifecycle;
import dev.millrace.orch.command.Setting;
import dev.millrace.orch.command.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Types commands for a site that is reached by its API alone, and keeps what the last one said. */
final class Typist {
  private final Site site;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  Typist(Site site) {
    this.site = site;
  }

  /**
   * Runs one.
   *
   * @param terminal whether it is typed on a terminal, of 80 columns and with colours
   * @param from the folder that it is typed in
   * @return its exit code
   */
  int run(boolean terminal, Path from, String... words) {
    out.reset();
    err.reset();
    List<String> all = new ArrayList<>(List.of(words));
    all.addAll(
        List.of(
            "--endpoint",
            site.api().toString(),
            "--token-file",
            site.folder.resolve("coordinator/token").toString()));
    PrintStream o = new PrintStream(out, true, StandardCharsets.UTF_8);
    PrintStream e = new PrintStream(err, true, StandardCharsets.UTF_8);
    return Millrace.run(
        new Setting(
            new Terminal(o, e, terminal, terminal, 80, 24),
            new NoLifecycle(),
            new NoFiles(),
            InstantSource.system(),
            from,
            "1.2.3"),
        all.toArray(String[]::new));
  }

  String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  String err() {
    return err.toString(StandardCharsets.UTF_8);
  }
}
