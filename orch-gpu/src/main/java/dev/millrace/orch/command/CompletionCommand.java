package dev.millrace.orch.command;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints what makes a shell complete this program's words. */
@Command(
    name = "completion",
    description = {
      "Print a script that makes a shell complete commands and options: for bash and zsh, which"
          + " read the same, or for fish."
    },
    footer = {
      "",
      "Buckets, objects, functions and jobs are completed too: the shell asks the coordinator that",
      "the line names, at most 100 names at a time, and offers none where it does not answer.",
      "",
      "Examples:",
      "  source <(millrace completion)                            this shell",
      "  millrace completion bash > ~/.local/share/bash-completion/completions/millrace",
      "  millrace completion fish > ~/.config/fish/completions/millrace.fish"
    })
final class CompletionCommand implements Callable<Integer> {
  private static final String NAME = "millrace";

  private final Setting setting;

  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(
      arity = "0..1",
      paramLabel = "SHELL",
      defaultValue = "bash",
      description = "bash, zsh or fish (default: ${DEFAULT-VALUE}).")
  String shell = "bash";

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;

  CompletionCommand(Setting setting) {
    this.setting = setting;
  }

  @Override
  public Integer call() {
    String script =
        switch (shell) {
          case "bash", "zsh" -> BashScript.of(NAME, spec.root().commandLine());
          case "fish" -> FishScript.of(NAME, spec.root());
          default ->
              throw Mistake.usage(
                  "there is a script for bash, zsh and fish, found: '" + shell + "'");
        };
    setting.terminal().out().print(script);
    setting.terminal().out().flush();
    return Exit.OK;
  }
}
