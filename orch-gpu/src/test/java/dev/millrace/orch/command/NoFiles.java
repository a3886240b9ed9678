package dev.millrace.orch.command;

import java.nio.file.Path;

/** For commands that read no FDL. */
final class NoFiles implements FdlFiles {
  @Override
  public Checked check(Path fdl) {
    throw new AssertionError("no file is to be read");
  }

  @Override
  public Companions companions(Path fdl) {
    throw new AssertionError("no file is to be read");
  }
}
