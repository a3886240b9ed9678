package dev.millrace.orch.command;

import java.nio.file.Path;
import java.util.List;

/** For commands that read no FDL. */
public final class NoFiles implements FdlFiles {
  @Override
  public Checked check(Path fdl, String shown) {
    throw new AssertionError("no file is to be read");
  }

  @Override
  public Companions companions(Path fdl) {
    throw new AssertionError("no file is to be read");
  }

  @Override
  public Converted convert(List<Named> files, Path folder) {
    throw new AssertionError("no file is to be read");
  }

  @Override
  public String schema() {
    throw new AssertionError("no schema is asked for");
  }
}
