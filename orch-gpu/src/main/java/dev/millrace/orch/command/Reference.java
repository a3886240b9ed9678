package dev.millrace.orch.command;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The command line as a page of Markdown, from the model that parses it. */
final class Reference {
  private static final String HEAD =
      """
      # The command line

      Written from the program's own model: change the commands, not this page. Each command prints
      its part with `--help`.

      Commands that ask a coordinator find it in the data folder (`--data`, else what
      `MILLRACE_DATA_FOLDER` says, else `.millrace`): its address in `coordinator.json`, the token in
      `token`. From another machine give `--endpoint` and `--token-file`. Advice that commands print can
      be given as it stands: it names the launcher as it was called, and `--data` where that was said.

      `--json` prints one JSON value; where a command streams (`ls`, `jobs --all`, `jobs --watch`,
      `logs --follow`) one object a line. Colours are for terminals alone; `--no-color`, `NO_COLOR`
      and `TERM=dumb` take them away. Tables and sheets fit 80 columns; what is cut is cut in the
      middle and marked with two dots, and whole in JSON. Control characters of keys are written out,
      `\\u001b` for instance. Errors go to the standard error, as text with `--json` too, and say what
      to do next; programs go by the exit code.

      """;

  private Reference() {}

  static String of(CommandLine root) {
    StringBuilder page = new StringBuilder(HEAD);
    exitCodes(page, root.getCommandSpec());
    page.append("## Commands\n\n| command | what it does |\n|---|---|\n");
    List<CommandSpec> all = new ArrayList<>();
    collect(root.getCommandSpec(), all);
    for (CommandSpec command : all) {
      page.append("| [`")
          .append(name(command))
          .append("`](#")
          .append(name(command).replace(' ', '-'))
          .append(") | ")
          .append(cell(command.usageMessage().description()[0]))
          .append(" |\n");
    }
    all.forEach(command -> section(page, command));
    return page.toString();
  }

  private static void collect(CommandSpec parent, List<CommandSpec> all) {
    for (CommandLine child : parent.subcommands().values()) {
      if (!child.getCommandSpec().usageMessage().hidden()) {
        all.add(child.getCommandSpec());
        collect(child.getCommandSpec(), all);
      }
    }
  }

  private static String name(CommandSpec command) {
    return command.qualifiedName().substring("millrace ".length());
  }

  private static void exitCodes(StringBuilder page, CommandSpec root) {
    page.append("## Exit codes\n\n| code | meaning |\n|---|---|\n");
    for (Map.Entry<String, String> code : root.usageMessage().exitCodeList().entrySet()) {
      page.append("| `").append(code.getKey()).append("` | ").append(code.getValue());
      page.append(" |\n");
    }
    page.append('\n');
  }

  private static void section(StringBuilder page, CommandSpec command) {
    page.append("\n## ").append(name(command)).append("\n\n");
    page.append(String.join(" ", command.usageMessage().description())).append("\n\n");
    CommandLine.Help help =
        new CommandLine.Help(
            command, CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
    String synopsis = help.synopsis(0).strip();
    page.append("```\n").append(synopsis).append("\n```\n");
    List<ArgSpec> arguments = new ArrayList<>();
    command.positionalParameters().stream().filter(p -> !p.hidden()).forEach(arguments::add);
    arguments.addAll(
        command.options().stream().filter(o -> !o.hidden() && !o.usageHelp()).toList());
    if (!arguments.isEmpty()) {
      page.append("\n| argument | meaning |\n|---|---|\n");
      arguments.forEach(argument -> row(page, argument));
    }
    example(page, command);
  }

  private static void row(StringBuilder page, ArgSpec argument) {
    String names =
        switch (argument) {
          case OptionSpec option ->
              String.join(", ", option.names())
                  + (option.arity().max() == 0 ? "" : " " + option.paramLabel());
          case PositionalParamSpec parameter -> parameter.paramLabel();
          default -> throw new IllegalStateException("no argument: " + argument);
        };
    page.append("| `")
        .append(names)
        .append("` | ")
        .append(cell(String.join(" ", argument.renderedDescription())))
        .append(" |\n");
  }

  private static String cell(String text) {
    return text.replace("|", "\\|");
  }

  /** What follows the word Example in the help; what stands before it is prose. */
  private static void example(StringBuilder page, CommandSpec command) {
    List<String> footer = Arrays.asList(command.usageMessage().footer());
    boolean code = false;
    boolean prose = false;
    for (String line : footer) {
      if (line.startsWith("Example")) {
        page.append(code ? "" : "\n```\n");
        code = true;
      } else if (code) {
        page.append(line.strip()).append('\n');
      } else if (!line.isBlank()) {
        page.append(prose ? "" : "\n").append(line).append('\n');
        prose = true;
      }
    }
    page.append(code ? "```\n" : "");
  }
}
