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
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads an element of {@code functions.aws}: SCAR's lambda and batch, run as a container here. */
final class AwsEntry {
  private static final int LAMBDA_MIB = 512;
  private static final int BATCH_MIB = 1024;

  /** Lambda's own forms of a function's name, as its API's reference writes them. */
  private static final Pattern ARN =
      Pattern.compile(
          "(?:(?:(?:arn:[A-Za-z0-9-]+:lambda:)?[a-z0-9-]*:)?(?:\\d*:)?function:)?"
              + "(?<name>[^:]+)(?::(?<qualifier>[^:]+))?");

  private static final String DESCRIPTION = "description";
  private static final String FORMS = "NAME or arn:aws:lambda:REGION:ACCOUNT:function:NAME";
  private static final int MIB_MAX = 16 * 1024 * 1024;
  static final Duration LAMBDA_TIMEOUT = Duration.ofSeconds(300);

  private final Reading reading;

  AwsEntry(Reading reading) {
    this.reading = reading;
  }

  Optional<FunctionSpec> read(Section s) {
    int before = reading.problems().errors();
    Optional<Section> lambda = s.required("lambda").flatMap(Field::section);
    Optional<Section> batch = s.field("batch").flatMap(Field::section);
    AwsKeys.warnOfEntry(s);
    s.warnUnknown();
    Optional<FunctionSpec> spec = lambda.flatMap(l -> read(l, batch));
    return reading.problems().errors() > before ? Optional.empty() : spec;
  }

  private Optional<FunctionSpec> read(Section l, Optional<Section> batch) {
    Optional<FunctionName> name = l.required("name").flatMap(AwsEntry::name);
    Mode mode = l.field("execution_mode").flatMap(AwsEntry::mode).orElse(Mode.LAMBDA);
    Resources resources = resources(l, batch, mode);
    Duration timeout =
        l.field("timeout")
            .flatMap(f -> f.duration(Duration.ofSeconds(1), Duration.ofDays(30)))
            .orElse(mode == Mode.LAMBDA ? LAMBDA_TIMEOUT : OscarEntry.TIMEOUT);
    Optional<Section> container = l.required("container").flatMap(Field::section);
    Optional<Code> code = container.flatMap(c -> code(l, c));
    Map<String, String> variables = container.map(AwsEntry::variables).orElse(Map.of());
    container.ifPresent(Section::warnUnknown);
    StorageFields storage = new StorageFields(Dialect.AWS, reading.stores());
    List<InputRule> inputs = storage.inputs(l);
    List<OutputRule> outputs = storage.outputs(l);
    Map<String, String> labels = new HashMap<>();
    l.field(MillraceEntry.LOG_LEVEL)
        .ifPresent(f -> labels.put(MillraceEntry.LOG_LEVEL, OscarEntry.level(f).name()));
    describe(l, labels);
    AwsKeys.warnOfLambda(l);
    l.warnUnknown();
    if (name.isEmpty() || code.isEmpty()) {
      return Optional.empty();
    }
    MillraceEntry.warnIdle(l, Dialect.AWS, inputs, outputs);
    NetworkSigns.warn(l, code.get(), variables, List.of("init_script", "container"), reading);
    return Optional.of(
        new FunctionSpec(
            name.get(),
            Dialect.AWS.origin(),
            code.get(),
            resources,
            RuleFields.normal(timeout),
            variables,
            Map.of(),
            List.of(),
            inputs,
            outputs,
            null,
            labels));
  }

  /** A name, or an ARN, whole or in part; a version or an alias behind it is left out. */
  private static Optional<FunctionName> name(Field field) {
    Optional<String> word = field.word();
    Optional<Matcher> arn = word.map(ARN::matcher).filter(Matcher::matches);
    if (arn.isEmpty()) {
      return word.flatMap(w -> field.fail(Finding.of("not the name or ARN of a Lambda", w, FORMS)));
    }
    String qualifier = arn.get().group("qualifier");
    if (qualifier != null) {
      field.warn(
          Finding.of(
              "'"
                  + Finding.printable(qualifier)
                  + "' is left out: versions and aliases have no counterpart here"));
    }
    try {
      return Optional.of(new FunctionName(arn.get().group("name")));
    } catch (IllegalArgumentException e) {
      return field.fail(Finding.of(Finding.printable(String.valueOf(e.getMessage()), 200)));
    }
  }

  static Optional<Mode> mode(Field field) {
    Optional<String> word = field.word();
    for (Mode mode : Mode.values()) {
      if (word.filter(mode.word()::equalsIgnoreCase).isPresent()) {
        return Optional.of(mode);
      }
    }
    return word.flatMap(
        w -> field.fail(Finding.of("unknown word", w, "lambda, lambda-batch, batch")));
  }

  private Optional<Code> code(Section l, Section container) {
    CodeFields fields = new CodeFields(reading.scripts());
    container
        .field("image_file")
        .ifPresent(f ->
            f.error(
                Finding.of(
                    "image archives are not read; push the image to a registry, name it by 'image'")));
    Optional<Field> imageField = container.field("image");
    if (imageField.isEmpty() && container.field("image_file").isEmpty()) {
      container.error(Finding.of("key 'image' is missing"));
    }
    List.of("timeout_threshold", "alpine", "create_image").forEach(container::field);
    Optional<String> image = imageField.flatMap(fields::image);
    Optional<String> script = l.field("init_script").flatMap(fields::script);
    return image.map(i -> new Code(i, script.orElse(null), List.of()));
  }

  private static Map<String, String> variables(Section container) {
    Optional<Section> environment = container.field("environment").flatMap(Field::section);
    Map<String, String> variables =
        environment
            .flatMap(e -> e.either("Variables", "variables"))
            .map(Environment::variables)
            .orElse(Map.of());
    environment.ifPresent(Section::warnUnknown);
    return variables;
  }

  /** Where the function may run on either, it gets the larger of both memories. */
  static Resources resources(Section l, Optional<Section> batch, Mode mode) {
    int lambda = l.field("memory").flatMap(f -> f.whole(1, MIB_MAX)).orElse(LAMBDA_MIB);
    int own = batch.map(b -> batchMemory(b)).orElse(BATCH_MIB);
    int vcpus = batch.flatMap(b -> b.field("vcpus")).flatMap(f -> f.whole(1, 1024)).orElse(1);
    boolean gpu = batch.flatMap(b -> b.field("enable_gpu")).flatMap(Field::flag).orElse(false);
    batch.ifPresent(AwsKeys::warnOfBatch);
    batch.ifPresent(Section::warnUnknown);
    MemoryMib memory =
        new MemoryMib(
            switch (mode) {
              case LAMBDA -> lambda;
              case LAMBDA_BATCH -> Math.max(lambda, own);
              case BATCH -> own;
            });
    int cpu = mode == Mode.LAMBDA ? 1_000 : vcpus * 1_000;
    AcceleratorRequest accelerator =
        gpu && mode != Mode.LAMBDA
            ? AcceleratorFields.wholeGpu()
            : AcceleratorFields.cpuShare(memory, cpu);
    return new Resources(memory, cpu, accelerator);
  }

  private static int batchMemory(Section batch) {
    return batch.field("memory").flatMap(f -> f.whole(1, MIB_MAX)).orElse(BATCH_MIB);
  }

  /** Keeps what a function is said to be. */
  static void describe(Section s, Map<String, String> labels) {
    s.field(DESCRIPTION).flatMap(Field::text).ifPresent(text -> labels.put(DESCRIPTION, text));
  }

  /** What SCAR runs a function on. */
  enum Mode {
    LAMBDA("lambda"),
    LAMBDA_BATCH("lambda-batch"),
    BATCH("batch");

    private final String word;

    Mode(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }
  }
}
