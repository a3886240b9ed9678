package dev.millrace.fdl;

import dev.millrace.schema.fleet.AcceleratorRequest;
import dev.millrace.schema.fleet.MemoryMib;
import dev.millrace.schema.function.Code;
import dev.millrace.schema.function.FunctionSpec;
import dev.millrace.schema.function.InputRule;
import dev.millrace.schema.function.Network;
import dev.millrace.schema.function.OutputRule;
import dev.millrace.schema.function.Price;
import dev.millrace.schema.function.Publication;
import dev.millrace.schema.function.Resources;
import dev.millrace.schema.function.Rules;
import dev.millrace.schema.function.RunnerKind;
import dev.millrace.schema.id.FunctionName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads an element of {@code functions.millrace}. */
final class MillraceEntry {
  static final MemoryMib MEMORY = new MemoryMib(256);
  static final int CPU_MILLIS = 1_000;

  /** Where a function's {@code log_level} is kept. */
  static final String LOG_LEVEL = "log_level";

  private final Reading reading;

  MillraceEntry(Reading reading) {
    this.reading = reading;
  }

  Optional<FunctionSpec> read(Section s) {
    int before = reading.problems().errors();
    Optional<FunctionName> name = s.field("name").flatMap(f -> f.made(FunctionName::new));
    Optional<Rules> rules = Optional.of(RuleFields.read(s));
    Optional<Code> code = code(s, rules.get().runner());
    warnOfWarm(s, rules.get());
    warnOfNetwork(s, rules.get());
    warnOfUnbuilt(s, rules.get());
    Optional<Resources> resources = resources(s);
    Map<String, String> variables = variables(s);
    Map<String, String> secrets = s.field("secrets").map(Environment::secretNames).orElse(Map.of());
    refuseBoth(s, variables, secrets);
    List<String> trust = s.field("trust").map(f -> Environment.trust(f, secrets)).orElse(List.of());
    StorageFields storage = new StorageFields(Dialect.MILLRACE, reading.stores());
    List<InputRule> inputs = storage.inputs(s);
    List<OutputRule> outputs = storage.outputs(s);
    Optional<Price> price = s.field("price").flatMap(Field::section).flatMap(PriceFields::read);
    Map<String, String> labels = labels(s);
    missing(s, rules.get().runner());
    s.refuseUnknown();
    if (reading.problems().errors() > before
        || name.isEmpty()
        || code.isEmpty()
        || resources.isEmpty()) {
      return Optional.empty();
    }
    warnIdle(s, Dialect.MILLRACE, inputs, outputs);
    return Optional.of(
        new FunctionSpec(
            name.get(),
            Dialect.MILLRACE.origin(),
            code.get(),
            resources.get(),
            rules.get(),
            variables,
            secrets,
            trust,
            inputs,
            outputs,
            price.orElse(null),
            labels));
  }

  private Optional<Code> code(Section s, RunnerKind runner) {
    CodeFields fields = new CodeFields(reading.scripts());
    Optional<Field> imageField = s.field("image");
    Optional<Field> scriptField = s.field("script");
    Optional<String> image = imageField.flatMap(fields::image);
    Optional<String> script = scriptField.flatMap(fields::script);
    List<String> files = s.field("files").map(fields::files).orElse(List.of());
    boolean process = runner == RunnerKind.PROCESS;
    if (process && imageField.isPresent()) {
      s.warn("image", Finding.of("runner process has no containers; the image is not used"));
    }
    return image.isEmpty() && script.isEmpty()
        ? Optional.empty()
        : Optional.of(new Code(image.orElse(null), script.orElse(null), files));
  }

  /** Once all keys are known: where one is mistyped, that alone is worth telling. */
  private static void missing(Section s, RunnerKind runner) {
    s.missing("key 'name' is missing", List.of("name"));
    if (runner == RunnerKind.PROCESS) {
      s.missing("key 'script' is missing: runner process runs nothing else", List.of("script"));
    } else {
      s.missing(
          "key 'image' is missing: the container that the function runs in",
          List.of("image", "runner"));
    }
  }

  private static void warnOfNetwork(Section s, Rules rules) {
    if (s.has("network")
        && rules.runner() == RunnerKind.PROCESS
        && rules.network() == Network.NONE) {
      s.warn(
          "network",
          Finding.of("not honoured: runner process has the host's network; say 'docker'"));
    }
  }

  private static void warnOfWarm(Section s, Rules rules) {
    if (rules.warm() > 0 && rules.runner() == RunnerKind.PROCESS && !rules.resident()) {
      s.warn(
          "warm",
          Finding.of("runner process keeps nothing alive but a worker: say 'resident: true' too"));
    }
  }

  /** What the language can say and nothing acts on yet. */
  private static void warnOfUnbuilt(Section s, Rules rules) {
    if (rules.publication() == Publication.FOREIGN) {
      s.warn("publication", Finding.of("not honoured yet: the output is published as 'fenced'"));
    }
    if (rules.replicas() > 1) {
      s.warn("replicas", Finding.of("not honoured yet: each attempt runs once"));
    }
    if (rules.runner() == RunnerKind.KUBERNETES || rules.runner() == RunnerKind.LAMBDA) {
      s.warn("runner", Finding.of("not honoured yet: no provider has this runner; say 'docker'"));
    }
  }

  private static Optional<Resources> resources(Section s) {
    MemoryMib memory = s.field("memory").flatMap(Field::memory).orElse(MEMORY);
    int cpu = s.field("cpu").flatMap(Field::cpuMillis).orElse(CPU_MILLIS);
    Optional<Field> field = s.field("accelerator");
    Optional<AcceleratorRequest> accelerator =
        field.isEmpty()
            ? Optional.of(AcceleratorFields.cpuShare(memory, cpu))
            : field.flatMap(f -> AcceleratorFields.read(f, memory, cpu));
    return accelerator.map(a -> new Resources(memory, cpu, a));
  }

  private static Map<String, String> variables(Section s) {
    Optional<Section> environment = s.field("environment").flatMap(Field::section);
    Map<String, String> variables =
        environment
            .flatMap(e -> e.either("variables", "Variables"))
            .map(Environment::variables)
            .orElse(Map.of());
    environment.ifPresent(Section::refuseUnknown);
    return variables;
  }

  private static void refuseBoth(
      Section s, Map<String, String> variables, Map<String, String> secrets) {
    for (String variable : secrets.keySet()) {
      if (variables.containsKey(variable)) {
        s.error(Finding.of("variable '" + variable + "' is a secret and in the environment too"));
      }
    }
  }

  private static Map<String, String> labels(Section s) {
    Map<String, String> labels =
        new HashMap<>(s.field("labels").map(MillraceEntry::labels).orElse(Map.of()));
    s.field(LOG_LEVEL)
        .flatMap(f -> f.oneOf(LogLevel.class))
        .ifPresent(level -> labels.put(LOG_LEVEL, level.name()));
    return labels;
  }

  /** A map of texts. */
  static Map<String, String> labels(Field field) {
    Map<String, String> labels = new HashMap<>();
    field
        .section()
        .ifPresent(s ->
            s.keys()
                .forEach(key ->
                    s.field(key).flatMap(Field::text).ifPresent(text -> labels.put(key, text))));
    return labels;
  }

  /** Warns of a function that nothing triggers, or whose files go nowhere. */
  static void warnIdle(
      Section s, Dialect dialect, List<InputRule> inputs, List<OutputRule> outputs) {
    if (inputs.isEmpty()) {
      String calls = dialect == Dialect.MILLRACE ? "" : "; direct calls have no counterpart here";
      s.warn(Finding.of("no input: nothing triggers this function" + calls));
    } else if (outputs.isEmpty()) {
      s.warn(Finding.of("no output: files in TMP_OUTPUT_DIR go nowhere"));
    }
  }
}
