package dev.millrace.orch.command;

import dev.millrace.schema.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Checks FDL files. */
@Command(
    name = "validate",
    description = "Check FDL files; no coordinator is needed.",
    footer = {
      "",
      "Examples:",
      "  millrace validate function.yaml",
      "  millrace validate --schema > fdl.schema.json"
    })
final class ValidateCommand implements Callable<Integer> {
  private final Setting setting;

  @Parameters(arity = "0..*", paramLabel = "FILE", description = "FDL files.")
  List<Path> files = List.of();

  @Option(names = "--schema", description = "Print the JSON Schema of FDL files, for editors.")
  boolean schema;

  @Option(names = "--json", description = "Print JSON, for programs.")
  boolean json;

  @Mixin Looks looks = new Looks();

  ValidateCommand(Setting setting) {
    this.setting = setting;
  }

  /** A file's outcome for programs. */
  record Report(
      String file,
      boolean valid,
      List<String> functions,
      List<FdlFiles.Remark> problems,
      String text) {}

  @Override
  public Integer call() throws IOException {
    if (schema) {
      looks.terminal(setting).out().print(setting.fdl().schema());
      looks.terminal(setting).out().flush();
      return Exit.OK;
    }
    if (files.isEmpty()) {
      throw Mistake.usage("give the FDL files to check, or --schema");
    }
    List<Report> reports = new ArrayList<>();
    int exit = Exit.OK;
    for (Path file : files) {
      FdlFiles.Checked checked = check(file);
      reports.add(report(file, checked));
      exit = checked.exitCode() == 0 ? exit : Exit.FAILED;
      if (!json) {
        looks.terminal(setting).out().print(checked.text());
        looks.terminal(setting).out().flush();
      }
    }
    if (json) {
      looks.terminal(setting).line(Json.pretty(reports));
    }
    return exit;
  }

  private static Report report(Path file, FdlFiles.Checked checked) {
    return new Report(
        file.toString(),
        checked.exitCode() == 0,
        checked.functions(),
        checked.problems(),
        checked.text());
  }

  private FdlFiles.Checked check(Path file) throws IOException {
    Path fdl = setting.folder().resolve(file);
    return Files.isRegularFile(fdl)
        ? setting.fdl().check(fdl, file.toString())
        : new FdlFiles.Checked(FdlFiles.missing(fdl, file) + "\n", Exit.FAILED);
  }
}
