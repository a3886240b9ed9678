package dev.millrace.fdl;

import dev.millrace.fdl.FdlReader.Entry;
import dev.millrace.schema.fleet.AcceleratorKind;
import dev.millrace.schema.function.FunctionSpec;
import dev.millrace.schema.function.InputRule;
import dev.millrace.schema.function.OutputRule;
import dev.millrace.schema.object.StoreId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Writes a function that was read from another language as an element of functions.millrace. */
final class ConvertedEntry {
  private static final int DEEP = 4;

  private final Entry entry;
  private final FunctionSpec spec;
  private final YamlText out;

  private ConvertedEntry(Entry entry, YamlText out) {
    this.entry = entry;
    this.spec = entry.spec();
    this.out = out;
  }

  static void write(Entry entry, YamlText out) {
    new ConvertedEntry(entry, out).write();
  }

  private void write() {
    out.line("  - name: " + YamlText.scalar(spec.name().value()));
    Optional.ofNullable(spec.code().image()).ifPresent(i -> out.text(DEEP, "image", i));
    Optional.ofNullable(spec.code().script()).ifPresent(this::script);
    out.word(DEEP, "memory", memory(), given("memory") ? null : "default of " + language());
    out.word(DEEP, "cpu", cpu(), given("cpu", "vcpus") ? null : "default of " + language());
    if (spec.resources().accelerator().kind() == AcceleratorKind.GPU) {
      out.word(DEEP, "accelerator", "gpu", "one whole GPU; say memory to share one");
    }
    out.word(DEEP, "timeout", Period.shown(spec.rules().timeout()), timeoutComment());
    out.word(DEEP, "network", "none", "say open if the script needs the network");
    variables();
    if (!spec.secrets().isEmpty()) {
      out.line("    secrets:");
      new TreeMap<>(spec.secrets()).forEach((k, v) -> out.text(DEEP + 2, k, v));
    }
    labels();
    rules();
  }

  private void script(String script) {
    if (ScriptPaths.isPath(script)) {
      out.text(DEEP, "script", ScriptPaths.path(script));
    } else {
      out.block(DEEP, "script", script);
    }
  }

  private void variables() {
    if (!spec.variables().isEmpty()) {
      out.line("    environment:").line("      variables:");
      new TreeMap<>(spec.variables()).forEach((k, v) -> out.text(DEEP + 4, k, v));
    }
  }

  private void labels() {
    Map<String, String> labels = new TreeMap<>(spec.labels());
    if (entry.section().has(MillraceEntry.LOG_LEVEL)
        || lambda().filter(l -> l.has(MillraceEntry.LOG_LEVEL)).isPresent()) {
      Optional.ofNullable(labels.remove(MillraceEntry.LOG_LEVEL))
          .ifPresent(level -> out.text(DEEP, MillraceEntry.LOG_LEVEL, level));
    }
    if (!labels.isEmpty()) {
      out.line("    labels:");
      labels.forEach((k, v) -> out.text(DEEP + 2, k, v));
    }
  }

  private void rules() {
    if (!spec.inputs().isEmpty()) {
      out.line("    input:");
    }
    for (InputRule in : spec.inputs()) {
      rule(in.store(), in.bucket(), in.folder());
      filters(in.prefixes(), in.suffixes());
    }
    if (!spec.outputs().isEmpty()) {
      out.line("    output:");
    }
    for (OutputRule to : spec.outputs()) {
      rule(to.store(), to.bucket(), to.folder());
      filters(to.prefixes(), to.suffixes());
    }
  }

  private void rule(StoreId store, String bucket, String folder) {
    String path = folder.isEmpty() ? bucket : bucket + "/" + folder;
    out.line("    - storage_provider: " + YamlText.scalar(store.value()));
    out.text(DEEP + 2, "path", path);
  }

  private void filters(List<String> prefixes, List<String> suffixes) {
    list("prefix", prefixes);
    list("suffix", suffixes);
  }

  private void list(String key, List<String> texts) {
    if (!texts.isEmpty()) {
      List<String> quoted = texts.stream().map(YamlText::scalar).toList();
      out.line("      " + key + ": [" + String.join(", ", quoted) + "]");
    }
  }

  private String memory() {
    long mib = spec.resources().memory().value();
    return mib % 1024 == 0 ? mib / 1024 + "Gi" : mib + "Mi";
  }

  private String cpu() {
    int millis = spec.resources().cpuMillis();
    return millis % 1000 == 0 ? Integer.toString(millis / 1000) : millis + "m";
  }

  private @Nullable String timeoutComment() {
    if (spec.origin().equals(Dialect.OSCAR.origin())) {
      return "OSCAR knows no timeout: chosen here";
    }
    if (given("timeout", "time")) {
      return null;
    }
    boolean batch = !spec.rules().timeout().equals(AwsEntry.LAMBDA_TIMEOUT);
    return batch ? "Batch knows no timeout: chosen here" : "default of SCAR";
  }

  private String language() {
    return spec.origin().equals(Dialect.OSCAR.origin()) ? "OSCAR" : "SCAR";
  }

  /** Whether the entry, its lambda or its batch has one of these keys. */
  private boolean given(String... keys) {
    List<Section> sections = new ArrayList<>(List.of(entry.section()));
    lambda().ifPresent(sections::add);
    entry
        .section()
        .field("batch")
        .filter(Field::isMap)
        .flatMap(Field::section)
        .ifPresent(sections::add);
    return sections.stream().anyMatch(s -> List.of(keys).stream().anyMatch(s::has));
  }

  private Optional<Section> lambda() {
    return entry.section().field("lambda").filter(Field::isMap).flatMap(Field::section);
  }
}
