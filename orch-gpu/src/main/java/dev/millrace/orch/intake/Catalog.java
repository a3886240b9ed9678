package dev.millrace.orch.intake;

import dev.millrace.orch.journal.Journal;
import dev.millrace.schema.function.DeployedFunction;
import dev.millrace.schema.id.FunctionRef;
import dev.millrace.schema.object.ObjectName;
import dev.millrace.schema.object.StoreId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The deployed functions in memory. Whoever deploys or removes, here or through another coordinator
 * of the journal, moves its number of deploys; {@link #refresh} reads again by that.
 */
public final class Catalog {
  private final Journal journal;
  private volatile Deployed deployed;

  public Catalog(Journal journal) {
    this.journal = journal;
    this.deployed = new Deployed(journal);
  }

  /** A bucket that functions read from. */
  public record Watched(StoreId store, String bucket) {}

  /**
   * Asks the journal how often was deployed, and reads the functions again if that has moved.
   *
   * @return whether it has
   */
  public boolean refresh() {
    boolean moved = journal.deploys() != deployed.deploys();
    if (moved) {
      reload();
    }
    return moved;
  }

  /** One after the other, so that what was read first is not kept last. */
  private synchronized void reload() {
    deployed = new Deployed(journal);
  }

  /** What is known now, for whoever asks more than one thing of it. */
  public Deployed now() {
    return deployed;
  }

  /** All of them. */
  public List<DeployedFunction> functions() {
    return deployed.functions();
  }

  /** One of them. */
  public Optional<DeployedFunction> find(FunctionRef ref) {
    return deployed.find(ref);
  }

  /** Functions whose input this object is. */
  public List<DeployedFunction> covering(ObjectName object) {
    return deployed.covering(object);
  }

  /** Whether any does; before it says no, it looks whether one was deployed since. */
  public boolean covers(ObjectName object) {
    if (covering(object).isEmpty()) {
      // Whether it was refreshed by this thread or another one says nothing.
      refresh();
    }
    return !covering(object).isEmpty();
  }

  /** Functions with an input in this bucket, each with those of these keys that are input. */
  public Map<FunctionRef, List<String>> covered(
      StoreId store, String bucket, Collection<String> keys) {
    return deployed.covered(store, bucket, keys);
  }

  /** Buckets that some function reads from. */
  public Set<Watched> watched() {
    return deployed.watched();
  }
}
