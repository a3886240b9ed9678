package dev.millrace.orch.command;

import dev.millrace.orch.api.view.EntryView;
import dev.millrace.orch.api.view.FunctionView;
import java.util.List;

/** A function as it is deployed, for people. */
final class FunctionSheet {
  private static final int LABEL = 10;
  private static final long MIB = 1024L * 1024;

  private FunctionSheet() {}

  static void print(Terminal terminal, FunctionView function) {
    field(terminal, "function", function.name() + ", revision " + function.revision());
    field(terminal, "deployed", Words.day(function.deployedAt()) + ", from " + function.origin());
    String image = function.image();
    field(terminal, "runner", function.runner() + (image == null ? "" : ", image " + image));
    field(
        terminal,
        "needs",
        Words.size(function.memoryMib() * MIB)
            + ", "
            + function.cpuMillis() / 1000.0
            + " CPUs, on "
            + function.accelerator());
    field(
        terminal,
        "rules",
        "timeout "
            + Words.took(function.timeout())
            + ", attempts "
            + function.attempts()
            + ", priority "
            + function.priority());
    function.inputs().forEach(rule -> field(terminal, "input", place(rule)));
    function.outputs().forEach(rule -> field(terminal, "output", place(rule)));
    if (!function.files().isEmpty()) {
      field(terminal, "files", String.join(", ", function.files()));
    }
    function.secrets().forEach(secret -> field(terminal, "secret", wanted(secret)));
    if (!function.secrets().isEmpty()) {
      field(terminal, "trusts", trusted(function.trust()));
    }
    EntryView.Billed price = function.price();
    field(
        terminal,
        "price",
        price == null ? "nothing" : Words.money(price) + " for a MiB and second");
  }

  private static String wanted(FunctionView.Wanted secret) {
    return secret.said()
        + (secret.set()
            ? ""
            : ", missing: jobs wait for 'millrace secret set " + secret.name() + "'");
  }

  /** The provider beside the coordinator is trusted by every function. */
  private static String trusted(List<String> trust) {
    return trust.isEmpty()
        ? "no provider elsewhere"
        : String.join(", ", trust) + ", and no other provider elsewhere";
  }

  private static String place(FunctionView.Rule rule) {
    return rule.uri()
        + " of "
        + rule.store()
        + (rule.prefixes().isEmpty() ? "" : ", beginning with " + String.join(" ", rule.prefixes()))
        + (rule.suffixes().isEmpty() ? "" : ", ending with " + String.join(" ", rule.suffixes()));
  }

  private static void field(Terminal terminal, String name, String value) {
    List<String> lines = Words.wrap(value, terminal.columns() - LABEL);
    terminal.line(String.format("%-" + LABEL + "s", name) + lines.getFirst());
    lines.stream().skip(1).forEach(line -> terminal.line(" ".repeat(LABEL) + line));
  }
}
