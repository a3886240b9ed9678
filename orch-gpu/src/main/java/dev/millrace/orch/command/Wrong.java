package dev.millrace.orch.command;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/** What is wrong with a command line, in words for whoever typed it. */
final class Wrong {
  private Wrong() {}

  static String said(CommandLine.ParameterException thrown, String... args) {
    CommandSpec command = thrown.getCommandLine().getCommandSpec();
    return switch (thrown) {
      case CommandLine.MissingParameterException missing -> missing(missing, command, args);
      case CommandLine.UnmatchedArgumentException more when !more.isUnknownOption() ->
          "'" + more.getUnmatched().getFirst() + "' is one word too many: " + takes(command);
      default -> first(thrown);
    };
  }

  /** An option that is misspelt is often why something else is missing. */
  private static String missing(
      CommandLine.MissingParameterException thrown, CommandSpec command, String... args) {
    List<String> unknown =
        Arrays.stream(args)
            .takeWhile(word -> !word.equals("--"))
            .filter(word -> word.length() > 1 && word.startsWith("-"))
            .map(word -> word.split("=", 2)[0])
            .filter(word -> !command.optionsMap().containsKey(word))
            .toList();
    if (!unknown.isEmpty()) {
      return "Unknown option: '" + unknown.getFirst() + "'";
    }
    List<ArgSpec> needed = thrown.getMissing();
    return needed.isEmpty() || needed.stream().anyMatch(ArgSpec::isOption)
        ? first(thrown)
        : "something is missing: " + takes(command);
  }

  private static String takes(CommandSpec command) {
    String words =
        command.positionalParameters().stream()
            .filter(argument -> !argument.hidden())
            .map(argument ->
                argument.paramLabel().contains("...") || argument.arity().max() < 2
                    ? argument.paramLabel()
                    : argument.paramLabel() + "...")
            .collect(Collectors.joining(" "));
    return command.qualifiedName()
        + (words.isEmpty() ? " takes nothing but options" : " takes " + words);
  }

  private static String first(CommandLine.ParameterException thrown) {
    return String.valueOf(thrown.getMessage()).lines().findFirst().orElse("wrong usage");
  }
}
