package dev.millrace.fdl;

import dev.millrace.schema.function.FunctionSpec;
import dev.millrace.schema.function.InputRule;
import dev.millrace.schema.function.OutputRule;
import dev.millrace.schema.id.FunctionName;
import java.util.ArrayList;
import java.util.List;

/**
 * Loops of buckets: an output that lands among a function's inputs, directly or through others. An
 * output can land in an input when some key can pass the filters of both; whether a function ever
 * writes such a key is not known, so it counts.
 *
 * @param named loops, each function at the beginning of one at most
 * @param more functions that are in loops too, of which none is named
 */
public record Loops(List<Loop> named, List<FunctionName> more) {
  /** So many are enough to work on; each is a search of its own. */
  static final int NAMED_MAX = 50;

  public Loops {
    named = List.copyOf(named);
    more = List.copyOf(more);
  }

  /** Whether there is none. */
  public boolean isEmpty() {
    return named.isEmpty() && more.isEmpty();
  }

  /** Every function that is in any loop among these is in one that is named, or one of the more. */
  public static Loops among(List<FunctionSpec> functions) {
    return through(functions, List.of());
  }

  /**
   * The loops that these functions would be in, put beside others. What of the others they cannot
   * reach is read once, and not searched.
   */
  public static Loops through(List<FunctionSpec> fresh, List<FunctionSpec> others) {
    List<FunctionSpec> all = new ArrayList<>(fresh);
    all.addAll(others);
    return new LoopSearch(all, fresh.size()).loops();
  }

  /** Whether a key exists that the output can write and the input covers. */
  static boolean canLand(OutputRule out, InputRule in) {
    return new Sweep(List.of(Filter.of(0, 0, in)), 1).take(Filter.of(0, 0, out)).isPresent();
  }
}
