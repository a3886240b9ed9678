package dev.millrace.fdl;

import dev.millrace.schema.fleet.AcceleratorKind;
import dev.millrace.schema.fleet.AcceleratorRequest;
import dev.millrace.schema.function.FunctionSpec;
import dev.millrace.schema.function.InputRule;
import dev.millrace.schema.function.OutputRule;
import dev.millrace.schema.function.RunnerKind;
import dev.millrace.schema.object.StoreId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A file's functions and problems as text of at most 80 columns, but for words that are longer. A
 * warning that several functions share is told once.
 */
public final class FdlReport {
  private static final int WIDTH = 80;
  private static final String INDENT = "  ";
  private static final int LABEL = 14;

  private FdlReport() {}

  /** The lines, each ended by a line feed. */
  public static String text(String fileName, FdlResult result) {
    List<String> lines = new ArrayList<>();
    for (FunctionSpec function : result.functions()) {
      lines.addAll(function(function));
      lines.add("");
    }
    Gathering gathering = new Gathering();
    result.problems().forEach(problem -> gathering.add(problem.of(result.function(problem))));
    gathering.lines().forEach(line -> lines.addAll(wrapped("", line, 4)));
    if (!result.problems().isEmpty()) {
      lines.add("");
    }
    lines.addAll(wrapped("", summary(fileName, result), 4));
    return String.join("\n", lines) + "\n";
  }

  /** Problems alone, each on lines of its own. */
  public static List<String> lines(List<Problem> problems) {
    return problems.stream().flatMap(p -> wrapped("", p.toString(), 4).stream()).toList();
  }

  private static String summary(String fileName, FdlResult result) {
    return fileName
        + ": "
        + counted(result.functions().size(), "function")
        + ", "
        + counted(result.errors().size(), "error")
        + ", "
        + counted(result.warnings().size(), "warning");
  }

  private static String counted(int count, String noun) {
    return count + " " + noun + (count == 1 ? "" : "s");
  }

  private static List<String> function(FunctionSpec f) {
    List<String> lines = new ArrayList<>(wrapped("", f.name() + "  (" + f.origin() + ")", 4));
    for (InputRule input : f.inputs()) {
      lines.addAll(line("trigger", trigger(input)));
    }
    if (f.inputs().isEmpty()) {
      lines.addAll(line("trigger", "none"));
    }
    lines.addAll(line("runner", runner(f)));
    lines.addAll(line("accelerator", accelerator(f)));
    if (!f.secrets().isEmpty()) {
      lines.addAll(line("secrets", secrets(f)));
    }
    for (OutputRule output : f.outputs()) {
      lines.addAll(line("output", output(output)));
    }
    if (f.outputs().isEmpty()) {
      lines.addAll(line("output", "none"));
    }
    return lines;
  }

  private static String trigger(InputRule in) {
    return uri(in.bucket(), in.keyPrefix())
        + filters(in.prefixes(), in.suffixes())
        + store(in.store());
  }

  private static String output(OutputRule out) {
    return uri(out.bucket(), out.folder().isEmpty() ? "" : out.folder() + "/")
        + filters(out.prefixes(), out.suffixes())
        + store(out.store());
  }

  private static String uri(String bucket, String prefix) {
    return "s3://" + bucket + "/" + prefix;
  }

  private static String store(StoreId store) {
    return " on " + store;
  }

  private static String filters(List<String> prefixes, List<String> suffixes) {
    return (prefixes.isEmpty() ? "" : " beginning with " + String.join(" or ", prefixes))
        + (suffixes.isEmpty() ? "" : " ending with " + String.join(" or ", suffixes));
  }

  private static String runner(FunctionSpec f) {
    String image = f.code().image();
    return low(f.rules().runner())
        + (image == null ? "" : " " + image)
        + ", network "
        + network(f)
        + ", timeout "
        + Period.shown(f.rules().timeout())
        + ", "
        + counted(f.rules().retry().attempts(), "attempt");
  }

  /** A process has the host's, whatever it asks for. */
  private static String network(FunctionSpec f) {
    return f.rules().runner() == RunnerKind.PROCESS
        ? "of the host (no isolation)"
        : low(f.rules().network());
  }

  private static String accelerator(FunctionSpec f) {
    AcceleratorRequest a = f.resources().accelerator();
    if (a.kind() == AcceleratorKind.CPU) {
      return "none: "
          + cores(f.resources().cpuMillis())
          + " and "
          + f.resources().memory()
          + " of the host";
    }
    String model = a.model() == null ? "" : " like '" + a.model() + "'";
    String memory = a.memory().value() == 0 ? "" : ", " + a.memory() + " each";
    return a.count() + " x " + low(a.kind()) + model + memory + ", " + low(a.sharing());
  }

  private static String secrets(FunctionSpec f) {
    String wanted =
        f.secrets().entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(each -> each.getKey() + " from " + each.getValue())
            .collect(Collectors.joining(", "));
    return wanted + (f.trust().isEmpty() ? "" : "; for " + String.join(", ", f.trust()) + " too");
  }

  private static String cores(int millis) {
    boolean whole = millis % 1000 == 0;
    String amount = whole ? Integer.toString(millis / 1000) : Double.toString(millis / 1000.0);
    return amount + (millis == 1000 ? " core" : " cores");
  }

  private static String low(Enum<?> word) {
    return word.name().toLowerCase(Locale.ROOT);
  }

  private static List<String> line(String label, String text) {
    String head =
        INDENT + label + " ".repeat(Math.max(1, LABEL - INDENT.length() - label.length()));
    return wrapped(head, text, LABEL);
  }

  /** Breaks at spaces; what follows the first line is indented. */
  private static List<String> wrapped(String head, String text, int indent) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder(head);
    boolean fresh = true;
    for (String word : Finding.printable(text, Integer.MAX_VALUE).split(" ", -1)) {
      if (!fresh && line.length() + 1 + word.length() > WIDTH) {
        lines.add(line.toString().stripTrailing());
        line = new StringBuilder(" ".repeat(indent));
        fresh = true;
      }
      line.append(fresh ? "" : " ").append(word);
      fresh = false;
    }
    lines.add(line.toString().stripTrailing());
    return lines;
  }
}
