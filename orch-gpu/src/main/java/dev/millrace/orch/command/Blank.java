package dev.millrace.orch.command;

import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * Refuses arguments without a text in them, which are a shell's variables that are not set. A
 * hidden command is given words by a program, which may mean an empty one.
 */
final class Blank {
  private Blank() {}

  /** Runs what was asked for, unless one of its words is blank. */
  static int refusing(CommandLine.ParseResult parsed) {
    CommandLine.ParseResult each = parsed;
    while (true) {
      for (ArgSpec argument : each.matchedArgs()) {
        if (!each.commandSpec().usageMessage().hidden()
            && (argument.isPositional() || argument.arity().min() > 0)
            && argument.originalStringValues().stream().anyMatch(String::isBlank)) {
          throw new CommandLine.ParameterException(
              each.commandSpec().commandLine(),
              name(argument) + " is empty: is a variable of the shell not set?");
        }
      }
      if (!each.hasSubcommand()) {
        return new CommandLine.RunLast().execute(parsed);
      }
      each = each.subcommand();
    }
  }

  private static String name(ArgSpec argument) {
    return switch (argument) {
      case OptionSpec option -> option.longestName();
      case PositionalParamSpec parameter -> parameter.paramLabel();
      default -> "an argument";
    };
  }
}
