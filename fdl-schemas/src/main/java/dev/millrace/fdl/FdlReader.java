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

  private FdlReader(String file, ScriptSource scripts) {
    this.problems = new Problems(file);
    this.scripts = scripts;
  }

  /**
   * What these bytes say.
   *
   * @param fileName how problems name the file
   * @param scripts where the files are that the entries name
   */
  public static FdlResult read(String fileName, byte[] bytes, ScriptSource scripts) {
    return new FdlReader(fileName, scripts).read(YamlReader.read(bytes));
  }

  private FdlResult read(YamlTree tree) {
    for (Fault fault : tree.faults()) {
      problems.error(
          fault.spot(), fault.path(), Finding.of(Finding.printable(fault.message(), 200)));
    }
    if (tree.root() != null) {
      new Field(tree.root(), "", problems).section().ifPresent(this::file);
    }
    refuseSameNames();
    refuseLoops();
    List<FunctionSpec> functions =
        entries.stream().filter(e -> !faulty(e, tree)).map(Entry::spec).toList();
    return new FdlResult(functions, problems.inOrder());
  }

  private boolean faulty(Entry entry, YamlTree tree) {
    return entry.refused()
        || tree.faults().stream().anyMatch(f -> f.path().startsWith(entry.path()));
  }

  private void file(Section root) {
    DeclaredStores stores =
        root.field("storage_providers").map(DeclaredStores::read).orElse(DeclaredStores.none());
    Reading reading = new Reading(problems, scripts, stores);
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
    refuseOthers(s);
    if (LISTS.stream().allMatch(key -> s.field(key).filter(f -> !f.isEmpty()).isEmpty())) {
      s.error(new Finding("names no functions", null, String.join(", ", LISTS) + ": lists", null));
    }
  }

  private static List<Field> elements(Section s, String key) {
    return s.field(key).map(Field::items).orElse(List.of());
  }

  /** A key beside the three lists: a slip, or the layout of SCAR 1 to 3. */
  private static void refuseOthers(Section s) {
    for (String key : s.keys()) {
      if (!LISTS.contains(key) && Nearest.to(key, LISTS).isEmpty() && s.isMap(key)) {
        s.present(key)
            .error(
                Finding.of(
                    "functions by name are the layout of SCAR 1 to 3; write them as a list,"
                        + " functions.aws[].lambda with 'name' as a key"));
      }
    }
    s.refuseUnknown();
  }

  private void add(Section section, Optional<FunctionSpec> spec) {
    spec.ifPresent(s -> entries.add(new Entry(s, section.path(), section.spot(), false)));
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

  /** A function as it was read, where it stands, and whether it was refused since. */
  private record Entry(FunctionSpec spec, String path, Spot spot, boolean refused) {
    Entry asRefused() {
      return new Entry(spec, path, spot, true);
    }
  }
}
