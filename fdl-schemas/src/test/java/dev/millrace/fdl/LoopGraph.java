package dev.millrace.fdl;

import dev.millrace.schema.function.FunctionSpec;
import dev.millrace.schema.function.InputRule;
import dev.millrace.schema.function.OutputRule;
import dev.millrace.schema.id.FunctionName;
import dev.millrace.schema.object.StoreId;
import java.util.BitSet;
import java.util.List;
import java.util.Map;

/**
 * Functions that are only what they read and write, and which of them are in loops: looked at
 * plainly.
 */
final class LoopGraph {
  private static final FunctionSpec ANY = Fdl.only(Fdl.millrace());

  private LoopGraph() {}

  static FunctionSpec function(int number, List<InputRule> inputs, List<OutputRule> outputs) {
    return new FunctionSpec(
        new FunctionName("f" + number),
        "millrace",
        ANY.code(),
        ANY.resources(),
        ANY.rules(),
        Map.of(),
        Map.of(),
        List.of(),
        inputs,
        outputs,
        null,
        Map.of());
  }

  static InputRule in(String bucket) {
    return new InputRule(StoreId.EMBEDDED, bucket, "", List.of(), List.of());
  }

  static OutputRule out(String bucket) {
    return new OutputRule(StoreId.EMBEDDED, bucket, "", List.of(), List.of());
  }

  /** The functions from which a way leads back to themselves. */
  static BitSet looping(List<FunctionSpec> functions) {
    int size = functions.size();
    BitSet[] reached = new BitSet[size];
    for (int i = 0; i < size; i++) {
      reached[i] = new BitSet(size);
      for (int j = 0; j < size; j++) {
        reached[i].set(j, leads(functions.get(i), functions.get(j)));
      }
    }
    for (int over = 0; over < size; over++) {
      for (BitSet from : reached) {
        if (from.get(over)) {
          from.or(reached[over]);
        }
      }
    }
    BitSet looping = new BitSet(size);
    for (int i = 0; i < size; i++) {
      looping.set(i, reached[i].get(i));
    }
    return looping;
  }

  static boolean leads(FunctionSpec from, FunctionSpec to) {
    return from.outputs().stream()
        .anyMatch(out -> to.inputs().stream().anyMatch(in -> leads(out, in)));
  }

  static boolean leads(OutputRule out, InputRule in) {
    String folder = out.folder().isEmpty() ? "" : out.folder() + "/";
    return out.bucket().equals(in.bucket())
        && any(out.prefixes()).stream()
            .anyMatch(a ->
                any(in.prefixes()).stream().anyMatch(b -> begins(folder + a, in.keyPrefix() + b)))
        && any(out.suffixes()).stream()
            .anyMatch(a -> any(in.suffixes()).stream().anyMatch(b -> ends(a, b)));
  }

  private static List<String> any(List<String> texts) {
    return texts.isEmpty() ? List.of("") : texts;
  }

  private static boolean begins(String a, String b) {
    return a.startsWith(b) || b.startsWith(a);
  }

  private static boolean ends(String a, String b) {
    return a.endsWith(b) || b.endsWith(a);
  }
}
