package dev.millrace.orch.command;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Where a shell asks for names, from the model: not at every TAB, since that starts this program.
 *
 * @param objects commands that take an object and no file in its place
 * @param objectsOrFiles commands that take either
 * @param others commands that take functions or jobs
 * @param files commands that take an object, and a file beside it or in its place
 * @param options whose values are asked for
 * @param values options of these commands whose values are not
 */
record AskedNames(
    List<String> objects,
    List<String> objectsOrFiles,
    List<String> others,
    List<String> files,
    List<String> options,
    List<String> values) {
  AskedNames {
    objects = List.copyOf(objects);
    objectsOrFiles = List.copyOf(objectsOrFiles);
    others = List.copyOf(others);
    files = List.copyOf(files);
    options = List.copyOf(options);
    values = List.copyOf(values);
  }

  static AskedNames of(CommandSpec root) {
    return new AskedNames(
        commands(root, (kind, argument) -> isObject(kind) && !NameKind.isFileToo(argument)),
        commands(root, (kind, argument) -> isObject(kind) && NameKind.isFileToo(argument)),
        commands(root, (kind, argument) -> !isObject(kind)),
        all(root).filter(AskedNames::takesFiles).map(CommandSpec::name).toList(),
        options(root, true),
        options(root, false));
  }

  private static boolean takesFiles(CommandSpec command) {
    return command.positionalParameters().stream().anyMatch(NameKind::isFileToo)
        && command.positionalParameters().stream()
            .anyMatch(argument -> NameKind.of(command, argument).isPresent());
  }

  private static boolean isObject(NameKind kind) {
    return kind == NameKind.OBJECT;
  }

  /** Those that ask a coordinator. */
  private static Stream<CommandSpec> all(CommandSpec root) {
    return root.subcommands().values().stream()
        .map(CommandLine::getCommandSpec)
        .filter(command -> command.findOption("--endpoint") != null)
        .distinct();
  }

  private static List<String> commands(CommandSpec root, BiPredicate<NameKind, ArgSpec> wanted) {
    List<String> names = new ArrayList<>();
    all(root)
        .filter(command ->
            command.positionalParameters().stream()
                .anyMatch(argument ->
                    NameKind.of(command, argument)
                        .filter(kind -> wanted.test(kind, argument))
                        .isPresent()))
        .forEach(command -> names.add(command.name()));
    return names;
  }

  private static List<String> options(CommandSpec root, boolean asked) {
    TreeSet<String> names = new TreeSet<>();
    all(root)
        .forEach(command ->
            command.options().stream()
                .filter(option -> option.arity().max() > 0)
                .filter(option -> NameKind.of(command, option).isPresent() == asked)
                .map(OptionSpec::names)
                .forEach(each -> names.addAll(List.of(each))));
    if (!asked) {
      names.removeAll(options(root, true));
    }
    return List.copyOf(names);
  }
}
