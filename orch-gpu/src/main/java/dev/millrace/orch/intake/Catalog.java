package dev.millrace.orch.intake;

import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.StartMark;
import dev.millrace.schema.function.DeployedFunction;
import dev.millrace.schema.function.InputRule;
import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.StoreId;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The deployed functions in memory, by what they cover; read again after each deploy. */
public final class Catalog {
  private final Journal journal;
  private volatile View view = new View(List.of(), Map.of(), Map.of());

  public Catalog(Journal journal) {
    this.journal = journal;
    reload();
  }

  private record View(
      List<DeployedFunction> functions,
      Map<Watched, List<DeployedFunction>> readers,
      Map<FunctionRef, List<StartMark>> marks) {}

  /** A bucket that functions read from. */
  public record Watched(StoreId store, String bucket) {}

  /** Reads the journal again; one after the other, so that what was read first is not kept last. */
  public synchronized void reload() {
    List<DeployedFunction> functions = journal.functions();
    Map<FunctionRef, List<StartMark>> marks = new HashMap<>();
    for (DeployedFunction function : functions) {
      marks.put(function.ref(), journal.startMarks(function.ref()));
    }
    view = new View(functions, readers(functions), marks);
  }

  private static Map<Watched, List<DeployedFunction>> readers(List<DeployedFunction> functions) {
    Map<Watched, Set<DeployedFunction>> readers = new HashMap<>();
    for (DeployedFunction function : functions) {
      for (InputRule rule : function.spec().inputs()) {
        readers
            .computeIfAbsent(new Watched(rule.store(), rule.bucket()), w -> new LinkedHashSet<>())
            .add(function);
      }
    }
    Map<Watched, List<DeployedFunction>> lists = new HashMap<>();
    readers.forEach((bucket, all) -> lists.put(bucket, List.copyOf(all)));
    return lists;
  }

  /** All of them. */
  public List<DeployedFunction> functions() {
    return view.functions();
  }

  /** One of them. */
  public Optional<DeployedFunction> find(FunctionRef ref) {
    return view.functions().stream().filter(f -> f.ref().equals(ref)).findFirst();
  }

  /** Functions whose input this object is. */
  public List<DeployedFunction> covering(ObjectName object) {
    return view
        .readers()
        .getOrDefault(new Watched(object.store(), object.bucket()), List.of())
        .stream()
        .filter(f -> f.spec().inputs().stream().anyMatch(rule -> rule.covers(object)))
        .toList();
  }

  /** Functions with an input in this bucket, each with those of these keys that are input. */
  public Map<FunctionRef, List<String>> covered(
      StoreId store, String bucket, Collection<String> keys) {
    Map<FunctionRef, List<String>> covered = new LinkedHashMap<>();
    List<ObjectName> names = keys.stream().map(key -> new ObjectName(store, bucket, key)).toList();
    for (DeployedFunction function : view.functions()) {
      List<InputRule> rules =
          function.spec().inputs().stream()
              .filter(rule -> rule.store().equals(store) && rule.bucket().equals(bucket))
              .toList();
      if (rules.isEmpty()) {
        continue;
      }
      List<String> own =
          names.stream()
              .filter(name -> rules.stream().anyMatch(rule -> rule.covers(name)))
              .map(ObjectName::key)
              .toList();
      if (!own.isEmpty()) {
        covered.put(function.ref(), own);
      }
    }
    return covered;
  }

  /** From when on a function's objects of a bucket are jobs. */
  public Optional<StartMark> mark(FunctionRef function, StoreId store, String bucket) {
    return view.marks().getOrDefault(function, List.of()).stream()
        .filter(m -> m.store().equals(store) && m.bucket().equals(bucket))
        .findFirst();
  }

  /** Buckets that some function reads from. */
  public Set<Watched> watched() {
    Set<Watched> buckets = new LinkedHashSet<>();
    for (DeployedFunction function : view.functions()) {
      for (InputRule rule : function.spec().inputs()) {
        buckets.add(new Watched(rule.store(), rule.bucket()));
      }
    }
    return buckets;
  }
}
