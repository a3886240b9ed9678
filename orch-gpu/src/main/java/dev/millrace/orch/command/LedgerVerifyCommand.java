package dev.millrace.orch.command;

import dev.millrace.orch.api.view.VerifyView;
import dev.millrace.orch.client.CoordinatorClient;
import dev.millrace.orch.config.NamedFile;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Verifies the ledger. */
@Command(
    name = "verify",
    description = "Read the whole ledger again and recompute it.",
    footer = {
      "",
      "A ledger that was cut is found against a checkpoint that was kept elsewhere.",
      "",
      "Examples:",
      "  millrace ledger checkpoint > elsewhere/checkpoint",
      "  millrace ledger verify --against elsewhere/checkpoint"
    })
final class LedgerVerifyCommand implements Callable<Integer> {
  private final Setting setting;

  @Mixin Common common = new Common();

  @Option(
      names = "--against",
      paramLabel = "FILE",
      description = "A checkpoint as 'ledger checkpoint' printed it.")
  @Nullable Path against;

  LedgerVerifyCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws IOException {
    Optional<String> note = note();
    try (CoordinatorClient client = common.connect(setting)) {
      VerifyView found = verified(client, note);
      if (common.json) {
        common.json(setting, found);
      } else {
        print(found, note.isPresent());
      }
      return found.sound() ? Exit.OK : Exit.FAILED;
    }
  }

  private VerifyView verified(CoordinatorClient client, Optional<String> note) throws IOException {
    try (Meanwhile meanwhile =
        new Meanwhile(common.terminal(setting), "reading the ledger again")) {
      return client.verify(
          note, told -> meanwhile.counted("entries read again", told.done(), told.of()));
    }
  }

  private Optional<String> note() throws IOException {
    Path file = against;
    if (file == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(NamedFile.text(setting.folder().resolve(file), NamedFile.PAGE));
    } catch (NoSuchFileException e) {
      throw Mistake.failed("there is no file " + file + ": give a checkpoint that was kept");
    }
  }

  private static String counted(VerifyView found) {
    Long size = found.size();
    return size == null ? "all" : Words.count(size);
  }

  private void print(VerifyView found, boolean compared) {
    Terminal terminal = common.terminal(setting);
    if (found.sound()) {
      terminal.line(
          terminal.paint(Paint.GOOD, "sound")
              + ": "
              + counted(found)
              + (Long.valueOf(1).equals(found.size()) ? " entry" : " entries")
              + ", every hash and signature agrees"
              + (compared ? "," : ""));
      if (compared) {
        terminal.line("       and all that the checkpoint covers is there");
      }
      terminal.line("root   " + found.rootHash());
      return;
    }
    terminal.line(terminal.paint(Paint.BAD, "broken") + ": " + found.problems().size() + " faults");
    for (VerifyView.Fault fault : found.problems()) {
      String where = fault.index() < 0 ? "the log" : "entry " + fault.index();
      Words.wrap(where + ": " + fault.what(), terminal.columns() - 2)
          .forEach(line -> terminal.line("  " + line));
    }
  }
}
