package dev.millrace.orch.dispatch;

import dev.millrace.orch.journal.Journal;
import dev.millrace.orch.journal.Lease;
import dev.millrace.orch.journal.ProviderRecord;
import dev.millrace.orch.plan.DeviceView;
import dev.millrace.orch.plan.FleetView;
import dev.millrace.orch.plan.PoolDeclaration;
import dev.millrace.orch.plan.TenantUsage;
import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.fleet.Slice;
import dev.millrace.schema.id.AcceleratorId;
import dev.millrace.schema.id.PoolId;
import dev.millrace.schema.id.ProviderId;
import dev.millrace.schema.id.TenantId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** The fleet and its use, read from the journal. */
public final class FleetBook {
  private final Journal journal;
  private final List<PoolId> declared;
  private final Predicate<ProviderId> present;
  private final Hold hold;

  /**
   * Reads from this journal.
   *
   * @param declared pools whose providers are all there is: what fits none of them never fits
   * @param present which providers answer now
   * @param hold devices that count as ones that will come back
   */
  public FleetBook(
      Journal journal, List<PoolId> declared, Predicate<ProviderId> present, Hold hold) {
    this.journal = journal;
    this.present = present;
    this.hold = hold;
    this.declared = List.copyOf(declared);
  }

  /**
   * The fleet with what is reserved on it, and what tenants hold of it.
   *
   * @param heldUntil until when devices of some provider are offered to nobody
   */
  public record Page(
      FleetView fleet,
      Map<TenantId, TenantUsage> usage,
      Map<AcceleratorId, Accelerator> accelerators,
      Optional<Instant> heldUntil) {}

  /** As it is now. */
  public Page read() {
    Map<AcceleratorId, Accelerator> accelerators = new HashMap<>();
    List<ProviderRecord> providers = journal.providers();
    for (ProviderRecord provider : providers) {
      provider.accelerators().forEach(a -> accelerators.put(a.id(), a));
    }
    List<Lease> leases = journal.liveLeases();
    Map<AcceleratorId, List<Slice>> held = new HashMap<>();
    Map<TenantId, Double> shares = new HashMap<>();
    double total = 0;
    for (Accelerator accelerator : accelerators.values()) {
      total += accelerator.memory().value();
    }
    for (Lease lease : leases) {
      for (Slice slice : lease.slices()) {
        held.computeIfAbsent(slice.accelerator(), a -> new ArrayList<>()).add(slice);
        shares.merge(lease.tenant(), slice.memory().value() / Math.max(1, total), Double::sum);
      }
    }
    List<DeviceView> devices = new ArrayList<>();
    for (Accelerator accelerator : accelerators.values()) {
      devices.add(view(accelerator, held.getOrDefault(accelerator.id(), List.of())));
    }
    Map<TenantId, TenantUsage> usage = new HashMap<>();
    shares.forEach((tenant, share) -> usage.put(tenant, new TenantUsage(share, 1)));
    List<PoolDeclaration> pools = new ArrayList<>();
    declared.forEach(pool -> pools.add(new PoolDeclaration.Declared(pool, List.of())));
    Optional<Instant> heldUntil =
        providers.stream().flatMap(provider -> hold.of(provider.id()).stream()).findFirst();
    return new Page(new FleetView(devices, pools), usage, accelerators, heldUntil);
  }

  private DeviceView view(Accelerator accelerator, List<Slice> slices) {
    MemoryMib memory = MemoryMib.ZERO;
    int percent = 0;
    for (Slice slice : slices) {
      memory = memory.plus(slice.memory());
      percent += slice.computePercent();
    }
    return new DeviceView(
        accelerator,
        memory,
        percent,
        slices.size(),
        percent >= 100,
        present.test(accelerator.provider()) && heldUntil(accelerator.provider()).isEmpty());
  }

  /** Until when a provider's devices are offered to nobody; empty when they are not held. */
  public Optional<Instant> heldUntil(ProviderId provider) {
    return hold.of(provider);
  }
}
