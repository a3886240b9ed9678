package dev.millrace.orch.command;

import dev.millrace.orch.backup.Manifest;
import dev.millrace.orch.keys.SecretKeyFile;
import dev.millrace.schema.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a data folder of a backup. */
@Command(
    name = "restore",
    description = {
      "Make a data folder of a backup; every file is compared with its digest first.",
      "Never run what was restored beside what was backed up: both would have the same keys."
    },
    footer = {"", "Example:", "  millrace restore /backups/monday.zip --data ~/millrace"})
final class RestoreCommand implements Callable<Integer> {
  private final Setting setting;

  @Mixin Keeping keeping = new Keeping();

  @Parameters(paramLabel = "FILE", description = "What 'millrace backup' wrote.")
  Path file = Path.of("");

  @Option(
      names = "--data",
      required = true,
      paramLabel = "FOLDER",
      description = "The data folder to make; it must not exist yet, or be empty.")
  Path data = Path.of("");

  RestoreCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws IOException {
    Terminal terminal = keeping.terminal(setting);
    Path archive = setting.folder().resolve(file);
    Manifest made;
    try {
      made = setting.lifecycle().upkeep().restore(archive, setting.folder().resolve(data), keeping);
    } finally {
      keeping.clear();
    }
    if (keeping.json) {
      terminal.line(
          Json.pretty(
              new Keeping.Sheet(
                  file.toString(),
                  data.toString(),
                  made.taken().toString(),
                  made.by(),
                  made.items().size(),
                  made.bytes(),
                  Files.size(archive))));
      return Exit.OK;
    }
    terminal.line(
        terminal.paint(Paint.GOOD, "restored")
            + " "
            + made.items().size()
            + " files, "
            + Words.size(made.bytes())
            + ", as of "
            + Words.day(made.taken()));
    labelled(terminal, "data:", data.toString());
    labelled(
        terminal,
        "first:",
        "stop what was backed up, for good; the devices of providers elsewhere are held until what"
            + " runs there has ended");
    labelled(
        terminal,
        "secrets:",
        "where functions have some, put your copy of keys/"
            + SecretKeyFile.NAME
            + " into "
            + data.resolve("keys")
            + ": a backup is without it, and they open with no other");
    labelled(
        terminal,
        "next:",
        terminal.hints().in("millrace up --data " + Hints.quoted(data.toString())));
    return Exit.OK;
  }

  private static void labelled(Terminal terminal, String label, String text) {
    String head = String.format("  %-9s", label);
    for (String line : Words.wrap(text, terminal.columns() - head.length())) {
      terminal.line(head + line);
      head = " ".repeat(head.length());
    }
  }
}
