package dev.millrace.orch;

import dev.millrace.orch.command.FdlFiles;
import dev.millrace.orch.command.Hints;
import dev.millrace.orch.command.Lifecycle;
import dev.millrace.orch.command.Logging;
import dev.millrace.orch.command.Millrace;
import dev.millrace.orch.command.Setting;
import dev.millrace.orch.command.Terminal;
import dev.millrace.orch.command.Version;
import dev.millrace.orch.up.Wired;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;

/** Where the program starts. */
public final class Main {
  private Main() {}

  /** Runs one command of this program. */
  public static void main(String[] args) throws IOException {
    run(new Wired(), Wired.fdl(), args);
  }

  /** Runs one command and exits with its code. */
  static void run(Lifecycle lifecycle, FdlFiles fdl, String... args) throws IOException {
    Logging.configure(System.getenv());
    Setting setting =
        new Setting(
            Terminal.ofProcess(
                System.getenv(),
                Hints.of(System.getProperty("millrace.program", ""), System.getenv(), args)),
            lifecycle,
            fdl,
            Clock.systemUTC(),
            Path.of(""),
            Version.current());
    System.exit(Millrace.run(setting, args));
  }
}
