package dev.millrace.fdl;

import dev.millrace.fdl.AwsEntry.Mode;
import dev.millrace.fdl.yaml.Node;
import dev.millrace.schema.function.Code;
import dev.millrace.schema.function.FunctionSpec;
import dev.millrace.schema.function.Resources;
import dev.millrace.schema.id.FunctionName;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a function as SCAR 1 to 3 laid it out: below its name, with SCAR's keys flat. Only a
 * conversion does; a deploy refuses the layout.
 */
final class LegacyEntry {
  /** Keys that steer SCAR's own machinery. */
  private static final List<String> SILENT = List.of("asynchronous", "name", "timeout_threshold");

  private static final String PROFILE =
      "profiles of AWS have no counterpart; stores are configured where the coordinator runs";

  private static final Map<String, String> REASONS =
      Map.ofEntries(
          Map.entry("run_script", "scripts of a single call have no counterpart; use init_script"),
          Map.entry("c_args", "arguments of a single call have no counterpart; put them in script"),
          Map.entry("extra_payload", "a folder is not shipped; name its files under 'files'"),
          Map.entry("lang", "code is not packaged; run it by a script in an image that has it"),
          Map.entry("handler", "there are no handlers; run the code by a script"),
          Map.entry("api_gateway", "HTTP calls of a function have no counterpart"),
          Map.entry("data_binary", "HTTP calls of a function have no counterpart"),
          Map.entry("json_data", "HTTP calls of a function have no counterpart"),
          Map.entry("parameters", "HTTP calls of a function have no counterpart"),
          Map.entry("iam", "roles of AWS have no counterpart"),
          Map.entry("lambda_role", "roles of AWS have no counterpart"),
          Map.entry("region", "regions of AWS have no counterpart"),
          Map.entry("profile", PROFILE),
          Map.entry("boto_profile", PROFILE),
          Map.entry("cloudwatch", "logs are kept by the coordinator"),
          Map.entry("layers", "Lambda layers have no counterpart"),
          Map.entry("vpc", "networks of AWS have no counterpart"),
          Map.entry("lambda_environment", "the Lambda's own environment has no counterpart"));

  private static final String CONTRACT =
      "the script must change: it finds its input as $INPUT_FILE_PATH (was $SCAR_INPUT_FILE) and"
          + " writes to $TMP_OUTPUT_DIR (was /tmp/$REQUEST_ID/output)";

  private final Reading reading;

  LegacyEntry(Reading reading) {
    this.reading = reading;
  }

  /** The function of this name; empty, and a problem, when it cannot be read. */
  Optional<FunctionSpec> read(String key, Section s) {
    int before = reading.problems().errors();
    Optional<FunctionName> name = name(key, s);
    Mode mode = s.field("execution_mode").flatMap(AwsEntry::mode).orElse(Mode.LAMBDA);
    Resources resources = AwsEntry.resources(s, s.field("batch").flatMap(Field::section), mode);
    Optional<Code> code = code(s);
    Map<String, String> variables = variables(s);
    Map<String, String> secrets =
        s.field("secrets").flatMap(f -> name.map(n -> secrets(f, n))).orElse(Map.of());
    variables.keySet().removeAll(secrets.keySet());
    LegacyStorage storage =
        s.field("s3")
            .flatMap(Field::section)
            .map(buckets -> LegacyStorage.read(key, buckets))
            .orElse(LegacyStorage.NONE);
    Map<String, String> labels = new HashMap<>();
    s.field(MillraceEntry.LOG_LEVEL)
        .ifPresent(f -> labels.put(MillraceEntry.LOG_LEVEL, OscarEntry.level(f).name()));
    Duration timeout = timeout(s, mode);
    AwsEntry.describe(s, labels);
    SILENT.forEach(s::field);
    AwsKeys.warn(s, REASONS);
    s.warnUnknown();
    if (reading.problems().errors() > before || name.isEmpty() || code.isEmpty()) {
      return Optional.empty();
    }
    if (code.get().script() != null && !storage.inputs().isEmpty()) {
      s.warn("init_script", Finding.of(CONTRACT));
    }
    NetworkSigns.warn(s, code.get(), variables, List.of("init_script", "environment"), reading);
    MillraceEntry.warnIdle(s, Dialect.AWS, storage.inputs(), storage.outputs());
    return Optional.of(
        new FunctionSpec(
            name.get(),
            Dialect.AWS.origin(),
            code.get(),
            resources,
            RuleFields.normal(timeout),
            variables,
            secrets,
            List.of(),
            storage.inputs(),
            storage.outputs(),
            null,
            labels));
  }

  private static Optional<FunctionName> name(String key, Section s) {
    Node.Scalar text = new Node.Scalar(key, false, s.spot());
    return new Field(text, s.path(), s.problems()).made(FunctionName::new);
  }

  private Optional<Code> code(Section s) {
    CodeFields fields = new CodeFields(reading.scripts());
    Optional<Field> archive = s.field("image_file");
    Optional<Field> image = s.field("image");
    archive.ifPresent(f ->
        f.error(
            Finding.of(
                "image archives are not read; push the image to a registry, name it by 'image'")));
    if (archive.isEmpty() && image.isEmpty()) {
      s.error(Finding.of("key 'image' is missing: the container that the function runs in"));
    }
    Optional<String> script = s.field("init_script").flatMap(fields::script);
    return image.flatMap(fields::image).map(name -> new Code(name, script.orElse(null), List.of()));
  }

  /** A map, a map below {@code Variables}, or a list of {@code NAME=value}. */
  private static Map<String, String> variables(Section s) {
    Optional<Field> field = s.either("environment", "environment_variables");
    Optional<Field> inner =
        field
            .filter(f -> f.keys().size() == 1)
            .flatMap(Field::section)
            .flatMap(e -> e.either("Variables", "variables"))
            .filter(Field::isMap);
    return new HashMap<>(
        inner.or(() -> field.map(LegacyEntry::asMap)).map(Environment::variables).orElse(Map.of()));
  }

  private static Field asMap(Field field) {
    if (!(field.node() instanceof Node.Sequence list)) {
      return field;
    }
    Map<String, Node.Entry> entries = new LinkedHashMap<>();
    for (Field item : field.items()) {
      String text = item.text().orElse("");
      int equals = text.indexOf('=');
      if (equals < 1) {
        item.error(Finding.of("not a variable", text, "NAME=value"));
      } else {
        Node.Scalar key = new Node.Scalar(text.substring(0, equals), false, item.spot());
        Node.Scalar value = new Node.Scalar(text.substring(equals + 1), false, item.spot());
        entries.put(key.text(), new Node.Entry(key, value));
      }
    }
    Node.Mapping map = new Node.Mapping(List.copyOf(entries.values()), list.spot());
    return new Field(map, field.path(), field.problems());
  }

  /** A map of secrets, or a list of the variables that they are delivered in, without a value. */
  private Map<String, String> secrets(Field field, FunctionName function) {
    if (!(field.node() instanceof Node.Sequence list)) {
      return Environment.secretValues(field, function, reading);
    }
    Node.Scalar none = new Node.Scalar("", true, list.spot());
    List<Node.Entry> entries =
        field.texts().stream()
            .distinct()
            .map(name -> new Node.Entry(new Node.Scalar(name, false, list.spot()), none))
            .toList();
    Node.Mapping map = new Node.Mapping(entries, list.spot());
    return Environment.secretValues(
        new Field(map, field.path(), field.problems()), function, reading);
  }

  private static Duration timeout(Section s, Mode mode) {
    Duration normal = mode == Mode.LAMBDA ? AwsEntry.LAMBDA_TIMEOUT : OscarEntry.TIMEOUT;
    return s.either("time", "timeout")
        .flatMap(f -> f.duration(Duration.ofSeconds(1), Duration.ofDays(30)))
        .orElse(normal);
  }
}
