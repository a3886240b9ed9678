package dev.millrace.orch.command;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * A command line as far as it is typed.
 *
 * @param options what those with a value say, by their longest names
 * @param next the argument that the last word is of; empty where that is an option's name, or one
 *     word too many
 * @param word the last one, as far as it is typed
 */
record TypedLine(
    CommandSpec command, Map<String, String> options, Optional<ArgSpec> next, String word) {
  TypedLine {
    options = Map.copyOf(options);
  }

  /**
   * Reads it.
   *
   * @param words without the program's name, at least one, which may be empty
   */
  static TypedLine of(CommandSpec root, List<String> words) {
    CommandSpec command = root;
    Map<String, String> options = new HashMap<>();
    Optional<OptionSpec> open = Optional.empty();
    int taken = 0;
    for (String word : words.subList(0, words.size() - 1)) {
      CommandLine child = taken == 0 ? command.subcommands().get(word) : null;
      if (open.isPresent()) {
        options.put(open.get().longestName(), word);
        open = Optional.empty();
      } else if (word.startsWith("-")) {
        open = option(command, word, options);
      } else if (child != null) {
        command = child.getCommandSpec();
      } else {
        taken++;
      }
    }
    String last = words.getLast();
    return new TypedLine(command, options, next(command, open, taken, last), last);
  }

  /** The option whose value is the next word. */
  private static Optional<OptionSpec> option(
      CommandSpec command, String word, Map<String, String> options) {
    int equals = word.indexOf('=');
    OptionSpec option = command.findOption(equals < 0 ? word : word.substring(0, equals));
    if (option == null || option.arity().max() == 0) {
      return Optional.empty();
    }
    if (equals >= 0) {
      options.put(option.longestName(), word.substring(equals + 1));
      return Optional.empty();
    }
    return Optional.of(option);
  }

  private static Optional<ArgSpec> next(
      CommandSpec command, Optional<OptionSpec> open, int taken, String last) {
    if (open.isPresent()) {
      return open.map(option -> option);
    }
    if (last.startsWith("-")) {
      return Optional.empty();
    }
    return command.positionalParameters().stream()
        .filter(argument -> argument.index().contains(taken))
        .map(argument -> (ArgSpec) argument)
        .findFirst();
  }
}
