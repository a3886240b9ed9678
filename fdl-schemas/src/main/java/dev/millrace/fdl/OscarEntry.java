package dev.millrace.fdl;

import dev.millrace.schema.fleet.AcceleratorRequest;
import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.function.Code;
import dev.millrace.schema.function.FunctionSpec;
import dev.millrace.schema.function.InputRule;
import dev.millrace.schema.function.OutputRule;
import dev.millrace.schema.function.Resources;
import dev.millrace.schema.id.FunctionName;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads an element of {@code functions.oscar}: a service, behind its cluster's name or bare. */
final class OscarEntry {
  /** OSCAR's own defaults. */
  private static final MemoryMib MEMORY = new MemoryMib(256);

  private static final int CPU_MILLIS = 200;

  /** OSCAR knows no timeout; an hour is long for a job and short for a stuck device. */
  static final Duration TIMEOUT = Duration.ofHours(1);

  private final Reading reading;

  OscarEntry(Reading reading) {
    this.reading = reading;
  }

  /** The service's own keys, wherever they stand; empty, and a problem, when there is none. */
  static Optional<Section> service(Field element) {
    Optional<Section> section = element.section();
    if (section.isEmpty()) {
      return section;
    }
    List<String> keys = section.get().keys();
    if (keys.contains("name") || keys.contains("image") || keys.contains("script")) {
      return section;
    }
    if (keys.size() != 1) {
      return element.fail(
          Finding.of("an element has one key, the cluster's name, above the service's keys"));
    }
    Field service = section.get().present(keys.getFirst());
    return service.isNull()
        ? service.fail(
            Finding.of("is empty: the service's keys (name, image, script) stand below this"))
        : service.section();
  }

  Optional<FunctionSpec> read(Section s) {
    int before = reading.problems().errors();
    Optional<FunctionName> name = s.required("name").flatMap(f -> f.made(FunctionName::new));
    Optional<Code> code = code(s);
    Resources resources = resources(s);
    Optional<Section> environment = s.field("environment").flatMap(Field::section);
    Map<String, String> variables =
        environment
            .flatMap(e -> e.either("variables", "Variables"))
            .map(Environment::variables)
            .orElse(Map.of());
    Map<String, String> secrets = secrets(environment, name);
    environment.ifPresent(Section::warnUnknown);
    DeclaredStores own =
        s.field("storage_providers").map(DeclaredStores::read).orElse(DeclaredStores.none());
    StorageFields storage = new StorageFields(Dialect.OSCAR, reading.stores().and(own));
    List<InputRule> inputs = storage.inputs(s);
    List<OutputRule> outputs = storage.outputs(s);
    Map<String, String> labels = labels(s);
    OscarKeys.warnOf(s);
    s.warnUnknown();
    if (reading.problems().errors() > before || name.isEmpty() || code.isEmpty()) {
      return Optional.empty();
    }
    MillraceEntry.warnIdle(s, Dialect.OSCAR, inputs, outputs);
    Map<String, String> open = new HashMap<>(variables);
    open.keySet().removeAll(secrets.keySet());
    NetworkSigns.warn(s, code.get(), open, List.of("script"), reading);
    return Optional.of(
        new FunctionSpec(
            name.get(),
            Dialect.OSCAR.origin(),
            code.get(),
            resources,
            RuleFields.normal(TIMEOUT),
            open,
            secrets,
            List.of(),
            inputs,
            outputs,
            null,
            labels));
  }

  private Optional<Code> code(Section s) {
    CodeFields fields = new CodeFields(reading.scripts());
    Optional<String> image = s.required("image").flatMap(fields::image);
    Optional<Field> scriptField = s.field("script");
    Optional<String> script = scriptField.flatMap(fields::script);
    if (scriptField.isEmpty()) {
      boolean served = s.field("kserve").isPresent();
      String why =
          served
              ? ": a KServe service has no counterpart here"
              : ": what the service runs, a path or the text itself";
      s.error(Finding.of("key 'script' is missing" + why));
    }
    return image.map(i -> new Code(i, script.orElse(null), List.of()));
  }

  private static Resources resources(Section s) {
    MemoryMib memory = s.field("memory").flatMap(Field::memory).orElse(MEMORY);
    int cpu = s.field("cpu").flatMap(Field::cpuMillis).orElse(CPU_MILLIS);
    boolean gpu = s.field("enable_gpu").flatMap(Field::flag).orElse(false);
    AcceleratorRequest accelerator =
        gpu ? AcceleratorFields.wholeGpu() : AcceleratorFields.cpuShare(memory, cpu);
    return new Resources(memory, cpu, accelerator);
  }

  private Map<String, String> secrets(Optional<Section> environment, Optional<FunctionName> name) {
    Optional<Field> field = environment.flatMap(e -> e.field("secrets"));
    return field.isEmpty() || name.isEmpty()
        ? Map.of()
        : Environment.secretValues(field.get(), name.get(), reading);
  }

  private static Map<String, String> labels(Section s) {
    Map<String, String> labels =
        new HashMap<>(s.field("labels").map(MillraceEntry::labels).orElse(Map.of()));
    s.field(MillraceEntry.LOG_LEVEL)
        .ifPresent(f -> labels.put(MillraceEntry.LOG_LEVEL, level(f).name()));
    return labels;
  }

  /** OSCAR and SCAR take a level that they do not know for INFO. */
  static LogLevel level(Field field) {
    String text = field.isText() ? field.text().orElse("") : "";
    for (LogLevel level : LogLevel.values()) {
      if (level.name().equals(text.strip().toUpperCase(Locale.ROOT))) {
        return level;
      }
    }
    field.warn(Finding.of("unknown level, taken for INFO", text, "NOTSET, DEBUG, ... CRITICAL"));
    return LogLevel.INFO;
  }
}
