package dev.millrace.orch.command;

import dev.millrace.orch.api.view.DeployAnswer;
import dev.millrace.orch.api.view.DeployRequest;
import dev.millrace.orch.api.view.FunctionView;
import dev.millrace.orch.client.ApiFailure;
import dev.millrace.orch.client.CoordinatorClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Deploys the functions of an FDL file. */
@Command(
    name = "deploy",
    description = "Deploy the functions of an FDL file, all or none.",
    footer = {"", "Example:", "  millrace deploy samples/sequence-alignment/function.yaml"})
final class DeployCommand implements Callable<Integer> {
  private static final long MAX_FDL_BYTES = 10L * 1024 * 1024;

  private final Setting setting;

  @Mixin Common common = new Common();

  @Parameters(paramLabel = "FILE", description = "The FDL file.")
  Path file = Path.of(".");

  @Option(
      names = "--backfill",
      description = "Objects that are in the input buckets already become jobs, too.")
  boolean backfill;

  DeployCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() throws IOException {
    Path fdl = setting.folder().resolve(file);
    String text = text(fdl);
    FdlFiles.Companions companions = setting.fdl().companions(fdl);
    try (CoordinatorClient client = common.connect(setting)) {
      if (companions.holdsValues()) {
        ValuesByWire.check(client);
      }
      Map<String, String> digests = new HashMap<>();
      for (Map.Entry<String, Path> entry : companions.files().entrySet()) {
        digests.put(entry.getKey(), client.keepFile(entry.getValue()));
      }
      List<FunctionView> before = before(client);
      DeployAnswer answer =
          client.deploy(
              new DeployRequest(file.toString(), text, companions.scripts(), digests, backfill));
      print(answer, before, answer.warnings().isEmpty() ? List.of() : remarks(fdl));
      return Exit.OK;
    }
  }

  /** Those that are there; none when the token may only write. */
  private List<FunctionView> before(CoordinatorClient client) throws IOException {
    try {
      return common.json ? List.of() : client.functions();
    } catch (ApiFailure.Answered e) {
      return List.of();
    }
  }

  private List<FdlFiles.Remark> remarks(Path fdl) throws IOException {
    return setting.fdl().check(fdl, file.toString()).problems();
  }

  private void print(
      DeployAnswer answer, List<FunctionView> before, List<FdlFiles.Remark> remarks) {
    if (common.json) {
      common.json(setting, answer);
      return;
    }
    Terminal terminal = common.terminal(setting);
    DeployWarnings.lines(answer, file.toString(), remarks).forEach(terminal::tell);
    for (FunctionView function : answer.functions()) {
      Optional<FunctionView> old =
          before.stream().filter(f -> f.name().equals(function.name())).findFirst();
      boolean same = old.filter(f -> f.revision() == function.revision()).isPresent();
      terminal.line(
          same
              ? function.name() + " is unchanged, revision " + function.revision()
              : terminal.paint(Paint.GOOD, "deployed")
                  + " "
                  + function.name()
                  + ", revision "
                  + function.revision());
      old.flatMap(f -> Redeployed.changes(f, function))
          .ifPresent(changes -> changed(terminal, changes));
      for (FunctionView.Rule input : function.inputs()) {
        terminal.line("  drop files into " + Words.printable(input.uri()));
      }
      for (FunctionView.Rule output : function.outputs()) {
        terminal.line("  results come to " + Words.printable(output.uri()));
      }
    }
  }

  private static void changed(Terminal terminal, String changes) {
    String line = "changed: " + Words.printable(changes);
    Words.wrap(line, Math.max(20, terminal.columns() - 2)).forEach(l -> terminal.line("  " + l));
  }

  private String text(Path fdl) throws IOException {
    if (!Files.isRegularFile(fdl)) {
      throw Mistake.failed(FdlFiles.missing(fdl, file));
    }
    long size = Files.size(fdl);
    if (size > MAX_FDL_BYTES) {
      throw Mistake.failed(
          file
              + " has "
              + Words.size(size)
              + "; an FDL file may have "
              + Words.size(MAX_FDL_BYTES));
    }
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(fdl));
      return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw Mistake.failed(file + " is not UTF-8 text: save it as UTF-8");
    }
  }
}
