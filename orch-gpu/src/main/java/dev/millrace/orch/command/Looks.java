package dev.millrace.orch.command;

import picocli.CommandLine.Option;

/** Options of every command that prints for people. */
final class Looks {
  @Option(names = "--no-color", description = "No colours; NO_COLOR does the same.")
  boolean noColor;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;

  Terminal terminal(Setting setting) {
    return noColor ? setting.terminal().plain() : setting.terminal();
  }
}
