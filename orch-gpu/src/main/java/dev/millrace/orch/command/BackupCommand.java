package dev.millrace.orch.command;

import dev.millrace.orch.backup.Manifest;
import dev.millrace.orch.keys.SecretKeyFile;
import dev.millrace.schema.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Takes a backup of a data folder. */
@Command(
    name = "backup",
    description = {
      "Write a data folder into one file, while it is used or not.",
      "The file holds the journal, the store with all objects, the ledger, and every key and"
          + " token but one: whoever has it can do what you can. Only its owner can read it.",
      "keys/secrets.key, without which secrets of functions do not open, is left out: keep a copy"
          + " of that file elsewhere."
    },
    footer = {"", "Example:", "  millrace backup /backups/monday.zip"})
final class BackupCommand implements Callable<Integer> {
  private final Setting setting;

  @Mixin Keeping keeping = new Keeping();

  @Parameters(paramLabel = "FILE", description = "The file to write; it must not exist yet.")
  Path file = Path.of("");

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = Hints.DATA,
      description = "The data folder (default: ${DEFAULT-VALUE}).")
  Path data = Path.of(".millrace");

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Its configuration (default: millrace.yaml in it, where there is one).")
  @Nullable Path config;

  BackupCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws IOException {
    Terminal terminal = keeping.terminal(setting);
    Path target = setting.folder().resolve(file);
    Manifest made;
    try {
      made =
          setting
              .lifecycle()
              .upkeep()
              .backup(
                  setting.folder().resolve(data),
                  Optional.ofNullable(config).map(setting.folder()::resolve),
                  target,
                  keeping);
    } finally {
      keeping.clear();
    }
    long archive = Files.size(target);
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
                  archive)));
      return Exit.OK;
    }
    terminal.line(
        terminal.paint(Paint.GOOD, "backed up")
            + " "
            + made.items().size()
            + " files, "
            + Words.size(made.bytes())
            + ", as of "
            + Words.day(made.taken()));
    terminal.line("  file:    " + file + " (" + Words.size(archive) + ")");
    terminal.line("  secret:  it holds keys and tokens; only you can read it, keep it so");
    if (Files.exists(setting.folder().resolve(data).resolve("keys").resolve(SecretKeyFile.NAME))) {
      terminal.line("  apart:   keys/" + SecretKeyFile.NAME + " is not in it: copy it elsewhere");
    }
    terminal.say("  back:    millrace restore " + file + " --data FOLDER");
    return Exit.OK;
  }
}
