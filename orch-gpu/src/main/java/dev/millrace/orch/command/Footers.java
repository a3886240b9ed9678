package dev.millrace.orch.command;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Prose below a command's options as whole paragraphs, which break where the terminal ends. */
final class Footers {
  private Footers() {}

  static void flow(CommandSpec command) {
    List<String> lines = new ArrayList<>();
    boolean prose = false;
    for (String line : command.usageMessage().footer()) {
      boolean goesOn = prose && !line.isBlank() && !line.startsWith(" ");
      if (goesOn) {
        lines.add(lines.removeLast() + " " + line);
      } else {
        lines.add(line);
      }
      prose = !line.isBlank() && !line.startsWith(" ") && !line.startsWith("Example");
    }
    command.usageMessage().footer(lines.toArray(String[]::new));
    for (CommandLine child : command.subcommands().values()) {
      flow(child.getCommandSpec());
    }
  }
}
