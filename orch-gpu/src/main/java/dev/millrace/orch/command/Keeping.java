package dev.millrace.orch.command;

import dev.millrace.orch.backup.Watcher;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of the commands that copy a data folder, and the line that shows how far they are. */
final class Keeping implements Watcher {
  @Option(names = "--json", description = "Print JSON, for programs.")
  boolean json;

  @Mixin Looks looks = new Looks();

  private @Nullable Terminal terminal;
  private @Nullable Progress progress;

  Terminal terminal(Setting setting) {
    Terminal chosen = looks.terminal(setting);
    terminal = chosen;
    return chosen;
  }

  @Override
  public void begins(String what, long bytes) {
    clear();
    Terminal on = terminal;
    if (on != null) {
      progress = new Progress(on, what, bytes);
    }
  }

  @Override
  public void moved(long bytes) {
    Progress shown = progress;
    if (shown != null) {
      shown.add(bytes);
    }
  }

  void clear() {
    Progress shown = progress;
    if (shown != null) {
      shown.clear();
    }
  }

  /** What is in a backup, for programs. */
  record Sheet(
      String file, String data, String taken, String by, int files, long bytes, long archive) {}
}
