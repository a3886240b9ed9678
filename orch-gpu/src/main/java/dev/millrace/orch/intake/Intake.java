package dev.millrace.orch.intake;

import dev.millrace.orch.intake.Catalog.Watched;
import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.JournalException;
import dev.millrace.orch.journal.Transition.AcceptNotices;
import dev.millrace.orch.journal.WaitingRow;
import dev.millrace.orch.observe.Bell;
import dev.millrace.orch.observe.Recorder;
import dev.millrace.schema.function.DeployedFunction;
import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.id.TenantId;
import dev.millrace.schema.object.KnownObjects;
import dev.millrace.schema.object.ListedObject;
import dev.millrace.schema.object.Notice;
import dev.millrace.schema.object.NoticeSink;
import dev.millrace.schema.object.StoreId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The funnel's mouth: every source hands its notices here, and they are durable when it returns.
 * Notices of objects that no function covers are not kept: a later deploy starts from its own mark.
 */
public final class Intake implements NoticeSink, KnownObjects {
  private final Catalog catalog;
  private final Journal journal;
  private final Recorder recorder;
  private final Bell admission;

  public Intake(Catalog catalog, Journal journal, Recorder recorder, Bell admission) {
    this.catalog = catalog;
    this.journal = journal;
    this.recorder = recorder;
    this.admission = admission;
  }

  @Override
  public void accept(List<Notice> notices) {
    if (notices.stream().anyMatch(notice -> catalog.covering(notice.object()).isEmpty())) {
      // Another coordinator may have deployed what covers it.
      catalog.refresh();
    }
    Map<TenantId, List<Notice>> byTenant = new LinkedHashMap<>();
    for (Notice notice : notices) {
      Set<TenantId> tenants = new HashSet<>();
      for (DeployedFunction function : catalog.covering(notice.object())) {
        tenants.add(function.ref().tenant());
      }
      for (TenantId tenant : tenants) {
        byTenant.computeIfAbsent(tenant, t -> new ArrayList<>()).add(notice);
      }
    }
    try {
      byTenant.forEach((tenant, list) -> recorder.commit(new AcceptNotices(tenant, list)));
    } catch (JournalException e) {
      throw new UncheckedIOException(new IOException("notices were not kept", e));
    }
    if (!byTenant.isEmpty()) {
      admission.ring();
    }
  }

  @Override
  public List<ListedObject> unknown(StoreId store, String bucket, List<ListedObject> page) {
    Map<String, String> aliases = new LinkedHashMap<>();
    page.forEach(row -> aliases.put(row.key(), row.alias()));
    Map<FunctionRef, List<String>> undecided = new LinkedHashMap<>();
    catalog
        .covered(store, bucket, aliases.keySet())
        .forEach((function, keys) -> {
          Map<String, String> known = journal.knownAliases(function, store, bucket, keys);
          List<String> some = differing(keys, aliases, known);
          if (!some.isEmpty()) {
            undecided.put(function, some);
          }
        });
    Set<String> asked = new HashSet<>();
    undecided.forEach((function, keys) -> {
      Set<String> waiting = waiting(function, new Watched(store, bucket), keys, aliases);
      keys.stream().filter(key -> !waiting.contains(key)).forEach(asked::add);
    });
    return page.stream().filter(row -> asked.contains(row.key())).toList();
  }

  private static List<String> differing(
      List<String> keys, Map<String, String> aliases, Map<String, String> known) {
    return keys.stream()
        .filter(key -> !String.valueOf(aliases.get(key)).equals(known.get(key)))
        .toList();
  }

  /**
   * Those whose same row waits for its decision: the look at it began, or begins, after the row was
   * listed, so that it sees this version or a newer one. A notice that came before the function was
   * deployed says nothing for it: it may be under decision without it.
   */
  private Set<String> waiting(
      FunctionRef function, Watched bucket, List<String> keys, Map<String, String> aliases) {
    Optional<Instant> since = catalog.find(function).map(DeployedFunction::deployedAt);
    Set<String> waiting = new HashSet<>();
    for (WaitingRow row :
        journal.waitingRows(function.tenant(), bucket.store(), bucket.bucket(), keys)) {
      if (since.isPresent()
          && row.receivedAt().isAfter(since.get())
          && row.alias().equals(aliases.get(row.key()))) {
        waiting.add(row.key());
      }
    }
    return waiting;
  }
}
