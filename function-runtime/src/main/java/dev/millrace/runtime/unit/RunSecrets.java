package dev.millrace.runtime.unit;

import dev.millrace.schema.json.Json;
import dev.millrace.schema.run.Order;
import dev.millrace.schema.run.RunGrant;
import dev.millrace.schema.sign.Hex;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The secrets that a grant brings, and whether they are those that the run's function was started
 * with: between its claim and a restart of its provider they may have been given other values, or
 * be gone, and a log that shows the old ones cannot be masked with the new.
 */
final class RunSecrets {
  private final Order order;
  private final RunGrant grant;

  RunSecrets(Order order, RunGrant grant) {
    this.order = order;
    this.grant = grant;
  }

  /**
   * What tells these values apart from others, empty where there are none. It is no use to whoever
   * reads it in the run's folder: its key is the coordinator's alone.
   */
  String mark() {
    return grant.secrets().isEmpty()
        ? ""
        : Hex.of(
            new ReceiptDigests(grant.digestKey())
                .keyed(Json.bytes(new TreeMap<>(grant.secrets()))));
  }

  /** Whether the function was started with these. */
  boolean areOf(RunState state) {
    return mark().equals(state.secretsMark());
  }

  /** The variables that the function wants and that the grant does not bring. */
  Set<String> missing() {
    Set<String> missing = new TreeSet<>(order.function().spec().secrets().keySet());
    missing.removeAll(grant.secrets().keySet());
    return missing;
  }

  Masking masking() {
    return new Masking(grant.secrets().values());
  }
}
