package dev.millrace.orch.intake;

import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.StartMark;
import dev.millrace.schema.function.DeployedFunction;
import dev.millrace.schema.function.InputRule;
import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.id.TenantId;
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

/** What was deployed when it was read, by what it covers. It does not change. */
public final class Deployed {
  private final long deploys;
  private final Map<TenantId, Long> tenantDeploys;
  private final List<DeployedFunction> functions;
  private final Map<Catalog.Watched, List<DeployedFunction>> readers;
  private final Map<FunctionRef, List<StartMark>> marks = new HashMap<>();

  /** The numbers are read first: a deploy that comes meanwhile has moved them afterwards. */
  Deployed(Journal journal) {
    this.deploys = journal.deploys();
    this.tenantDeploys = Map.copyOf(journal.tenantDeploys());
    this.functions = List.copyOf(journal.functions());
    this.readers = readers(functions);
    for (DeployedFunction function : functions) {
      marks.put(function.ref(), journal.startMarks(function.ref()));
    }
  }

  private static Map<Catalog.Watched, List<DeployedFunction>> readers(
      List<DeployedFunction> functions) {
    Map<Catalog.Watched, Set<DeployedFunction>> readers = new HashMap<>();
    for (DeployedFunction function : functions) {
      for (InputRule rule : function.spec().inputs()) {
        readers
            .computeIfAbsent(
                new Catalog.Watched(rule.store(), rule.bucket()), w -> new LinkedHashSet<>())
            .add(function);
      }
    }
    Map<Catalog.Watched, List<DeployedFunction>> lists = new HashMap<>();
    readers.forEach((bucket, all) -> lists.put(bucket, List.copyOf(all)));
    return lists;
  }

  /** How often anything was deployed or removed by then. */
  public long deploys() {
    return deploys;
  }

  /** How often by this tenant. */
  public long deploys(TenantId tenant) {
    return tenantDeploys.getOrDefault(tenant, 0L);
  }

  /** All functions. */
  public List<DeployedFunction> functions() {
    return functions;
  }

  /** One of them. */
  public Optional<DeployedFunction> find(FunctionRef ref) {
    return functions.stream().filter(f -> f.ref().equals(ref)).findFirst();
  }

  /** Functions whose input this object is. */
  public List<DeployedFunction> covering(ObjectName object) {
    return readers
        .getOrDefault(new Catalog.Watched(object.store(), object.bucket()), List.of())
        .stream()
        .filter(f -> f.spec().inputs().stream().anyMatch(rule -> rule.covers(object)))
        .toList();
  }

  /** Functions with an input in this bucket, each with those of these keys that are input. */
  public Map<FunctionRef, List<String>> covered(
      StoreId store, String bucket, Collection<String> keys) {
    Map<FunctionRef, List<String>> covered = new LinkedHashMap<>();
    List<ObjectName> names = keys.stream().map(key -> new ObjectName(store, bucket, key)).toList();
    for (DeployedFunction function : functions) {
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
    return marks.getOrDefault(function, List.of()).stream()
        .filter(m -> m.store().equals(store) && m.bucket().equals(bucket))
        .findFirst();
  }

  /** Buckets that some function reads from. */
  public Set<Catalog.Watched> watched() {
    Set<Catalog.Watched> buckets = new LinkedHashSet<>();
    for (DeployedFunction function : functions) {
      for (InputRule rule : function.spec().inputs()) {
        buckets.add(new Catalog.Watched(rule.store(), rule.bucket()));
      }
    }
    return buckets;
  }
}
