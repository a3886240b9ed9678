package dev.millrace.fdl;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.fdl.FdlReader.Entry;
import dev.millrace.fdl.yaml.Spot;
import dev.millrace.schema.function.FunctionSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes the functions of OSCAR's and SCAR's files, the layout of SCAR 1 to 3 included, as one file
 * of {@code functions.millrace}. All or nothing: what was written is read again, and given out only
 * if it means the same.
 */
public final class FdlConverter {
  private static final String WRITTEN = "the converted file";
  private static final String NO_ENTRY = "";

  private final List<Problem> problems = new ArrayList<>();
  private final List<Entry> entries = new ArrayList<>();
  private final Map<String, String> fileOf = new HashMap<>();
  private final YamlText head = new YamlText();
  private final YamlText body = new YamlText();

  private FdlConverter() {}

  /** These files in one. */
  public static Conversion convert(List<Conversion.Source> sources) {
    FdlConverter converter = new FdlConverter();
    sources.forEach(converter::take);
    return converter.written();
  }

  private void take(Conversion.Source source) {
    Problems found = new Problems(source.name());
    List<Entry> read =
        FdlReader.entries(
            found,
            source.bytes(),
            new ScriptPaths(source.scripts(), source.beside()),
            Purpose.CONVERSION);
    for (Entry entry : read) {
      refuseNative(found, entry);
      refuseSameName(found, entry, source.name());
    }
    List<Problem> told = found.inOrder();
    problems.addAll(told);
    if (told.stream().anyMatch(Problem::isError)) {
      return;
    }
    head.comment(0, "Converted from " + source.name() + " by 'millrace convert'.");
    Map<String, List<Problem>> byEntry = byEntry(told, read);
    byEntry
        .getOrDefault(NO_ENTRY, List.of())
        .forEach(p -> head.comment(0, "  not carried over: " + wholly(p)));
    read.forEach(
        entry -> write(entry, byEntry.getOrDefault(shown(entry), List.of()), source.name()));
    entries.addAll(read);
  }

  /** Problems by the path of the entry that they are in; those of no entry below an empty one. */
  private static Map<String, List<Problem>> byEntry(List<Problem> told, List<Entry> read) {
    Set<String> paths = new HashSet<>();
    read.forEach(entry -> paths.add(shown(entry)));
    Map<String, List<Problem>> byEntry = new HashMap<>();
    for (Problem problem : told) {
      String at = problem.path();
      while (!at.isEmpty() && !paths.contains(at)) {
        at = at.substring(0, Math.max(0, Math.max(at.lastIndexOf('.'), at.lastIndexOf('['))));
      }
      byEntry.computeIfAbsent(at, path -> new ArrayList<>()).add(problem);
    }
    return byEntry;
  }

  private static String shown(Entry entry) {
    return Finding.printable(entry.path(), Problems.PATH_SHOWN);
  }

  private static void refuseNative(Problems found, Entry entry) {
    if (entry.spec().origin().equals(Dialect.MILLRACE.origin())) {
      found.error(
          entry.spot(),
          entry.path(),
          Finding.of("is in Millrace's words already; take it out here, and copy it as it is"));
    }
  }

  private void refuseSameName(Problems found, Entry entry, String file) {
    String name = entry.spec().name().value();
    String other = fileOf.putIfAbsent(name, file);
    if (other != null) {
      found.error(
          entry.spot(),
          entry.path(),
          Finding.of("'" + name + "' is the name of a function of " + other + " too; rename one"));
    }
  }

  private void write(Entry entry, List<Problem> told, String file) {
    body.line("").comment(2, "was " + entry.path() + " in " + file);
    told.forEach(p -> body.comment(2, "warning: " + said(p)));
    ConvertedEntry.write(entry, body);
  }

  private static String said(Problem problem) {
    String key = problem.path().substring(problem.path().lastIndexOf('.') + 1);
    return key + ": " + problem.finding();
  }

  private static String wholly(Problem problem) {
    return (problem.path().isEmpty() ? "" : problem.path() + ": ") + problem.finding();
  }

  private Conversion written() {
    if (problems.stream().anyMatch(Problem::isError)) {
      return new Conversion("", 0, problems);
    }
    String text = head + "functions:\n  millrace:" + body;
    FdlResult again =
        FdlReader.read(WRITTEN, text.getBytes(UTF_8), new ScriptPaths("", new SentFiles(Map.of())));
    List<FunctionSpec> meant = entries.stream().map(e -> asNative(e.spec())).toList();
    if (!again.functions().equals(meant)) {
      problems.addAll(again.errors());
      problems.add(unequal());
      return new Conversion("", 0, problems);
    }
    return new Conversion(text, meant.size(), problems);
  }

  private static Problem unequal() {
    String why = "does not read as the original: it is not given out; convert fewer files at once";
    return new Problem(Severity.ERROR, Place.of(WRITTEN, Spot.START), "", Finding.of(why));
  }

  private static FunctionSpec asNative(FunctionSpec s) {
    return new FunctionSpec(
        s.name(),
        Dialect.MILLRACE.origin(),
        s.code(),
        s.resources(),
        s.rules(),
        s.variables(),
        s.secrets(),
        s.trust(),
        s.inputs(),
        s.outputs(),
        s.price(),
        s.labels());
  }
}
