package dev.millrace.orch;

import dev.millrace.orch.command.DemoOptions;
import dev.millrace.orch.command.Exit;
import dev.millrace.orch.command.FdlFiles;
import dev.millrace.orch.command.Lifecycle;
import dev.millrace.orch.command.Terminal;
import dev.millrace.orch.command.UpOptions;
import java.io.IOException;
import java.nio.file.Path;

/** A program that can ask a coordinator, but holds none itself. */
final class Unwired implements Lifecycle, FdlFiles {
  private static final String NONE = "this build can ask a coordinator, but holds none";

  @Override
  public int up(UpOptions options) {
    return none(options.terminal());
  }

  @Override
  public int demo(DemoOptions options) {
    return none(options.terminal());
  }

  @Override
  public Checked check(Path fdl) throws IOException {
    throw new IOException("this build cannot read FDL files: " + fdl);
  }

  @Override
  public Companions companions(Path fdl) throws IOException {
    throw new IOException("this build cannot read FDL files: " + fdl);
  }

  private static int none(Terminal terminal) {
    terminal.note("millrace: " + NONE);
    return Exit.FAILED;
  }
}
