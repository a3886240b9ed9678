package dev.millrace.orch.command;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * What makes fish complete this program's words: a {@code complete} line for each command and
 * option, from the model that parses them (fish-shell documentation, "complete").
 */
final class FishScript {
  private static final String HEAD =
      """
      # Completion of %1$s for fish, written by '%1$s completion fish'.
      function __%1$s_at -d 'Whether the words so far name this command'
          set -l known %2$s
          set -l at ''
          for word in (commandline -opc)[2..-1]
              set -l next (string trim -- "$at $word")
              if contains -- "$next" $known
                  set at $next
              end
          end
          test "$at" = "$argv[1]"
      end
      function __%1$s_offer -d 'Names that a coordinator knows'
          set -l words (commandline -opc)
          set -l word (string unescape -- (commandline -ct)); or set word (commandline -ct)
          string match -q -- '-*' "$word"; and return
          test "$argv[1]" = alone; or string match -q 's3:*' -- "$word"; or return
          set -lx MILLRACE_NO_BUILD 1
          set -lx MILLRACE_JAVA_OPTIONS "-XX:TieredStopAtLevel=1 $MILLRACE_JAVA_OPTIONS"
          set -l program (string replace -r '^~/' "$HOME/" -- $words[1])
          type -q $program; or return
          $program offer -- $words[2..-1] "$word" 2>/dev/null
      end
      complete -c %1$s -e
      """;

  private final String name;
  private final StringBuilder script = new StringBuilder();

  private FishScript(String name) {
    this.name = name;
  }

  static String of(String name, CommandSpec root) {
    List<String> known = new ArrayList<>();
    collect(root, "", known);
    FishScript fish = new FishScript(name);
    fish.script.append(
        HEAD.formatted(
            name, known.stream().map(FishScript::quoted).collect(Collectors.joining(" "))));
    fish.command(root, "");
    return fish.script.toString();
  }

  private static void collect(CommandSpec parent, String path, List<String> known) {
    for (CommandLine child : shown(parent)) {
      String own = (path + " " + child.getCommandName()).strip();
      known.add(own);
      collect(child.getCommandSpec(), own, known);
    }
  }

  private static List<CommandLine> shown(CommandSpec parent) {
    return parent.subcommands().values().stream()
        .filter(child -> !child.getCommandSpec().usageMessage().hidden())
        .distinct()
        .toList();
  }

  private void command(CommandSpec command, String path) {
    String at = " -n " + quoted("__" + name + "_at " + quoted(path));
    if (command.positionalParameters().stream().noneMatch(FishScript::isFile)) {
      line(at, " -f");
    }
    for (CommandLine child : shown(command)) {
      line(at, " -a " + child.getCommandName() + described(child.getCommandSpec()));
    }
    command.positionalParameters().stream()
        .filter(argument -> !words(argument).isEmpty())
        .forEach(argument -> line(at, " -a " + quoted(words(argument)) + described(argument)));
    command.positionalParameters().stream()
        .filter(argument -> NameKind.of(command, argument).isPresent())
        .forEach(argument -> line(at, " -a " + asked(argument)));
    command.options().stream()
        .filter(option -> !option.hidden())
        .forEach(option -> line(at, option(command, option)));
    for (CommandLine child : shown(command)) {
      command(child.getCommandSpec(), (path + " " + child.getCommandName()).strip());
    }
  }

  private void line(String at, String what) {
    script.append("complete -c ").append(name).append(at).append(what).append('\n');
  }

  /** Where a file may stand as well, an object is asked for when it looks like one. */
  private String asked(ArgSpec argument) {
    String where = NameKind.isFileToo(argument) ? "" : " alone";
    return quoted("(__" + name + "_offer" + where + ")");
  }

  private String option(CommandSpec command, OptionSpec option) {
    StringBuilder names = new StringBuilder();
    for (String each : option.names()) {
      names.append(each.startsWith("--") ? " -l " + each.substring(2) : " -s " + each.substring(1));
    }
    if (option.arity().max() > 0) {
      String words = words(option);
      names.append(isFile(option) ? " -r -F" : " -x");
      names.append(words.isEmpty() ? "" : " -a " + quoted(words));
      names.append(NameKind.of(command, option).map(kind -> " -a " + asked(option)).orElse(""));
    }
    return names + described(option);
  }

  private static String words(ArgSpec argument) {
    Iterable<String> candidates = argument.completionCandidates();
    return candidates == null
        ? ""
        : StreamSupport.stream(candidates.spliterator(), false).collect(Collectors.joining(" "));
  }

  private static boolean isFile(ArgSpec argument) {
    boolean typed = argument.type() == Path.class || argument.type() == File.class;
    String label = argument.paramLabel().toUpperCase(Locale.ROOT);
    return typed || label.contains("FILE") || label.contains("DIR") || label.contains("FOLDER");
  }

  private static String described(CommandSpec command) {
    return described(command.usageMessage().description());
  }

  private static String described(ArgSpec argument) {
    return described(argument.renderedDescription());
  }

  /** The first sentence: fish shows it beside the word. */
  private static String described(String[] description) {
    String text = String.join(" ", description);
    int end = text.indexOf(". ");
    String first = end < 0 ? text : text.substring(0, end);
    return " -d " + quoted(first.endsWith(".") ? first.substring(0, first.length() - 1) : first);
  }

  /** In fish only the quote and the backslash are special between single quotes. */
  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
