package dev.millrace.orch.command;

import dev.millrace.orch.api.view.FunctionView;
import dev.millrace.schema.object.StoreId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a deploy has changed of a function that was there. */
final class Redeployed {
  private Redeployed() {}

  /** The changes that a view shows; empty when it is the same revision. */
  static Optional<String> changes(FunctionView before, FunctionView after) {
    if (before.revision() == after.revision()) {
      return Optional.empty();
    }
    List<String> changes = new ArrayList<>();
    changed(changes, "input", uris(before.inputs()), uris(after.inputs()));
    changed(changes, "output", uris(before.outputs()), uris(after.outputs()));
    changed(changes, "runner", before.runner(), after.runner());
    changed(changes, "image", before.image(), after.image());
    changed(changes, "accelerator", before.accelerator(), after.accelerator());
    changed(changes, "memory", before.memoryMib() + " MiB", after.memoryMib() + " MiB");
    changed(changes, "cpu", before.cpuMillis() / 1000.0, after.cpuMillis() / 1000.0);
    changed(changes, "timeout", Words.took(before.timeout()), Words.took(after.timeout()));
    changed(changes, "attempts", before.attempts(), after.attempts());
    changed(changes, "priority", before.priority(), after.priority());
    changed(changes, "origin", before.origin(), after.origin());
    changed(changes, "files", String.join(" ", before.files()), String.join(" ", after.files()));
    changed(changes, "secrets", secrets(before), secrets(after));
    changed(changes, "trust", String.join(" ", before.trust()), String.join(" ", after.trust()));
    return Optional.of(
        changes.isEmpty()
            ? "something else than where it reads, writes and runs: its script for instance"
            : String.join(", ", changes));
  }

  private static String secrets(FunctionView function) {
    return function.secrets().stream()
        .map(FunctionView.Wanted::said)
        .collect(Collectors.joining(" "));
  }

  private static String uris(List<FunctionView.Rule> rules) {
    return rules.stream()
        .map(rule -> rule.uri() + store(rule) + filters(rule))
        .collect(Collectors.joining(" "));
  }

  private static String store(FunctionView.Rule rule) {
    return rule.store().equals(StoreId.EMBEDDED.value()) ? "" : " of " + rule.store();
  }

  private static String filters(FunctionView.Rule rule) {
    return rule.prefixes().isEmpty() && rule.suffixes().isEmpty()
        ? ""
        : rule.prefixes() + "*" + rule.suffixes();
  }

  private static void changed(
      List<String> changes, String what, @Nullable Object before, @Nullable Object after) {
    if (!Objects.equals(before, after)) {
      changes.add(what + " " + shown(before) + " -> " + shown(after));
    }
  }

  private static String shown(@Nullable Object value) {
    String text = String.valueOf(value == null ? "" : value);
    return text.isEmpty() ? "none" : text;
  }
}
