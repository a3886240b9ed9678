package dev.millrace.fdl;

import dev.millrace.fdl.yaml.Fault;
import dev.millrace.fdl.yaml.Spot;
import dev.millrace.fdl.yaml.YamlReader;
import dev.millrace.fdl.yaml.YamlTree;
import dev.millrace.schema.function.FunctionSpec;
import dev.millrace.schema.id.FunctionName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Reads a file of functions. Any bytes give a result, in time and memory that the limits of {@link
 * YamlReader} bound; an entry with an error gives no function, the others do.
 */
public final class FdlReader {
  private static final List<String> LISTS = List.of("millrace", "oscar", "aws");

  private final Problems problems;
  private final ScriptSource scripts;
  private final List<Entry> entries = new ArrayList<>();
  private final List<GivenSecret> given = new ArrayList<>();

  private final Layouts layouts;

  private FdlReader(Problems problems, ScriptSource scripts, Layouts layouts) {
    this.problems = problems;
    this.scripts = scripts;
    this.layouts = layouts;
  }

  /**
   * What these bytes say.
   *
   * @param fileName how problems name the file
   * @param scripts where the files are that the entries name
   */
  public static FdlResult read(String fileName, byte[] bytes, ScriptSource scripts) {
    return read(new Problems(fileName), bytes, scripts);
  }

  /** The same, with the problems gathered there. */
  static FdlResult read(Problems problems, byte[] bytes, ScriptSource scripts) {
    FdlReader reader = new FdlReader(problems, scripts, Layouts.CURRENT);
    List<FunctionSpec> functions =
        reader.good(YamlReader.read(bytes)).stream().map(Entry::spec).toList();
    List<GivenSecret> given =
        reader.given.stream()
            .filter(g -> functions.stream().anyMatch(f -> f.name().equals(g.function())))
            .toList();
    Map<String, String> names = new HashMap<>();
    reader.entries.forEach(entry -> names.put(entry.path(), entry.spec().name().value()));
    return new FdlResult(functions, problems.inOrder(), given, names);
  }

  /** The entries without an error, in the order of the file. */
  static List<Entry> entries(
      Problems problems, byte[] bytes, ScriptSource scripts, Layouts layouts) {
    return new FdlReader(problems, scripts, layouts).good(YamlReader.read(bytes));
  }

  private List<Entry> good(YamlTree tree) {
    for (Fault fault : tree.faults()) {
      problems.error(
          fault.spot(), fault.path(), Finding.of(Finding.printable(fault.message(), 200)));
    }
    if (tree.root() != null) {
      new Field(tree.root(), "", problems).section().ifPresent(this::file);
    }
    refuseSameNames();
    refuseLoops();
    return entries.stream().filter(e -> !faulty(e, tree)).toList();
  }

  private boolean faulty(Entry entry, YamlTree tree) {
    return entry.refused()
        || tree.faults().stream().anyMatch(f -> f.path().startsWith(entry.path()));
  }

  private void file(Section root) {
    DeclaredStores stores =
        root.field("storage_providers").map(DeclaredStores::read).orElse(DeclaredStores.none());
    Reading reading = new Reading(problems, scripts, stores, given);
    root.field("clusters")
        .ifPresent(f ->
            root.warn(
                "clusters",
                Finding.of("not honoured: clusters have no counterpart here; take them out")));
    Optional<Section> functions = root.required("functions").flatMap(Field::section);
    root.keys().stream().filter(key -> key.startsWith("x-")).forEach(root::field);
    root.warnUnknown();
    functions.ifPresent(f -> functions(f, reading));
  }

  private void functions(Section s, Reading reading) {
    MillraceEntry millrace = new MillraceEntry(reading);
    OscarEntry oscar = new OscarEntry(reading);
    AwsEntry aws = new AwsEntry(reading);
    for (Field element : elements(s, "millrace")) {
      element.section().ifPresent(e -> add(e, millrace.read(e)));
    }
    for (Field element : elements(s, "oscar")) {
      OscarEntry.service(element).ifPresent(e -> add(e, oscar.read(e)));
    }
    for (Field element : elements(s, "aws")) {
      element.section().ifPresent(e -> add(e, aws.read(e)));
    }
    boolean old = others(s, new LegacyEntry(reading));
    if (!old && LISTS.stream().allMatch(key -> s.field(key).filter(f -> !f.isEmpty()).isEmpty())) {
      s.error(new Finding("names no functions", null, String.join(", ", LISTS) + ": lists", null));
    }
  }

  private static List<Field> elements(Section s, String key) {
    return s.field(key).map(Field::items).orElse(List.of());
  }

  /** Whether a key beside the three lists is the layout of SCAR 1 to 3; otherwise it is a slip. */
  private boolean others(Section s, LegacyEntry legacy) {
    boolean old = false;
    for (String key : s.keys()) {
      if (!LISTS.contains(key) && Nearest.to(key, LISTS).isEmpty() && s.isMap(key)) {
        old = true;
        Field named = s.present(key);
        switch (layouts) {
          case CURRENT ->
              named.error(
                  Finding.of(
                      "functions by name are the layout of SCAR 1 to 3; 'millrace convert FILE'"
                          + " writes them as functions.millrace"));
          case OLD_TOO -> named.section().ifPresent(e -> add(e, legacy.read(key, e)));
        }
      }
    }
    s.refuseUnknown();
    return old;
  }

  private void add(Section section, Optional<FunctionSpec> spec) {
    spec.ifPresent(s -> entries.add(new Entry(s, section, false)));
  }

  private void refuseSameNames() {
    Map<FunctionName, Entry> first = new HashMap<>();
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      Entry other = first.putIfAbsent(entry.spec().name(), entry);
      if (other != null) {
        String why = "'" + entry.spec().name() + "' is already the name of " + other.path();
        problems.error(entry.spot(), entry.path(), Finding.of(why + "; names are unique here"));
        entries.set(i, entry.asRefused());
      }
    }
  }

  private void refuseLoops() {
    Map<FunctionName, Entry> good = new LinkedHashMap<>();
    entries.stream().filter(e -> !e.refused()).forEach(e -> good.put(e.spec().name(), e));
    Set<FunctionName> looping = new HashSet<>();
    for (Loop loop : Loops.find(good.values().stream().map(Entry::spec).toList())) {
      loop.steps().forEach(step -> looping.add(step.function()));
      Entry first = Objects.requireNonNull(good.get(loop.steps().getFirst().function()));
      problems.error(first.spot(), first.path(), Finding.of("endless loop: " + loop.chain()));
    }
    entries.replaceAll(e -> looping.contains(e.spec().name()) ? e.asRefused() : e);
  }

  /** Which ways to lay out a file are read. */
  enum Layouts {
    /** The three lists. */
    CURRENT,
    /** Functions by name, too, as SCAR 1 to 3 had them. */
    OLD_TOO
  }

  /** A function as it was read, what it was read from, and whether it was refused since. */
  record Entry(FunctionSpec spec, Section section, boolean refused) {
    String path() {
      return section.path();
    }

    Spot spot() {
      return section.spot();
    }

    Entry asRefused() {
      return new Entry(spec, section, true);
    }
  }
}
