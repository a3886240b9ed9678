package dev.millrace.orch.command;

import dev.millrace.orch.api.view.FunctionView;
import dev.millrace.orch.api.view.ObjectView;
import dev.millrace.schema.object.StoreId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The functions of which an object may come.
 *
 * @param writers names of those whose outputs could be it
 * @param all the same, with those before them in a chain
 * @param slow whether one of them reads a store that may tell of new objects by its listing alone
 */
record Makers(List<String> writers, List<String> all, boolean slow) {
  Makers {
    writers = List.copyOf(writers);
    all = List.copyOf(all);
  }

  static Makers of(ObjectView object, List<FunctionView> functions) {
    List<FunctionView> writers =
        functions.stream()
            .filter(f -> f.outputs().stream().anyMatch(rule -> takes(rule, object)))
            .toList();
    List<FunctionView> all = new ArrayList<>(writers);
    Deque<FunctionView> open = new ArrayDeque<>(writers);
    while (!open.isEmpty()) {
      FunctionView next = open.remove();
      for (FunctionView before : functions) {
        if (!all.contains(before) && feeds(before, next)) {
          all.add(before);
          open.add(before);
        }
      }
    }
    boolean slow =
        all.stream()
            .flatMap(f -> f.inputs().stream())
            .anyMatch(rule -> !rule.store().equals(StoreId.EMBEDDED.value()));
    return new Makers(names(writers), names(all), slow);
  }

  private static List<String> names(List<FunctionView> functions) {
    return functions.stream().map(FunctionView::name).toList();
  }

  /** Whether a rule takes an object. */
  static boolean takes(FunctionView.Rule rule, ObjectView object) {
    if (!rule.store().equals(object.name().store().value())
        || !rule.bucket().equals(object.bucket())
        || !object.key().startsWith(inside(rule))) {
      return false;
    }
    String relative = object.key().substring(inside(rule).length());
    return (rule.prefixes().isEmpty() || rule.prefixes().stream().anyMatch(relative::startsWith))
        && (rule.suffixes().isEmpty() || rule.suffixes().stream().anyMatch(relative::endsWith));
  }

  /** Whether one's files may be another's input, whatever their names. */
  private static boolean feeds(FunctionView before, FunctionView after) {
    return before.outputs().stream()
        .anyMatch(out ->
            after.inputs().stream()
                .anyMatch(in ->
                    in.store().equals(out.store())
                        && in.bucket().equals(out.bucket())
                        && (inside(in).startsWith(inside(out))
                            || inside(out).startsWith(inside(in)))));
  }

  private static String inside(FunctionView.Rule rule) {
    return rule.folder().isEmpty() ? "" : rule.folder() + "/";
  }
}
