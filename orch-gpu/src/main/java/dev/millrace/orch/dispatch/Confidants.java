package dev.millrace.orch.dispatch;

import dev.millrace.orch.plan.Only;
import dev.millrace.orch.secret.Delivery;
import dev.millrace.schema.fleet.Accelerator;
import dev.millrace.schema.function.DeployedFunction;
import dev.millrace.schema.function.FunctionSpec;
import dev.millrace.schema.id.AcceleratorId;
import dev.millrace.schema.id.FunctionRef;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Where jobs that want secrets may run. */
record Confidants(Delivery delivery) {
  /** For one plan, in which each function is asked about once. */
  Page page(Collection<Accelerator> devices) {
    return new Page(delivery, List.copyOf(devices), new HashMap<>());
  }

  /** What is known of this plan's functions. */
  record Page(Delivery delivery, List<Accelerator> devices, Map<FunctionRef, Only> known) {

    /** The devices of those who may have its secrets; null where it wants none. */
    @Nullable Only only(DeployedFunction function) {
      return function.spec().secrets().isEmpty()
          ? null
          : known.computeIfAbsent(function.ref(), ref -> trusted(function.spec()));
    }

    private Only trusted(FunctionSpec spec) {
      Set<AcceleratorId> trusted = new HashSet<>();
      Set<AcceleratorId> later = new HashSet<>();
      Set<String> refusals = new TreeSet<>();
      for (Accelerator device : devices) {
        Optional<Delivery.Refusal> refusal =
            delivery.refusal(spec, device.pool(), device.provider());
        refusal.ifPresent(r -> refusals.add(r.reason()));
        if (refusal.isEmpty()) {
          trusted.add(device.id());
        } else if (refusal.get().carrier()) {
          later.add(device.id());
        }
      }
      String first =
          refusals.isEmpty() ? "" : ": " + String.join("; ", refusals.stream().limit(3).toList());
      String more = refusals.size() > 3 ? " and " + (refusals.size() - 3) + " more" : "";
      return new Only(
          trusted,
          later,
          "wants secrets, and no provider that is trusted with them would do"
              + first
              + more
              + "; 'trust' in the function's FDL names pools");
    }
  }
}
