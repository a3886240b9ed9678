package dev.millrace.fdl;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * SCAR's keys that Millrace does not act on. Those that steer SCAR's own machinery (its packages,
 * its launcher, its command line) change nothing of what a function does and are dropped; the
 * others are named in a warning, unless they say what SCAR takes anyway.
 */
final class AwsKeys {
  private static final String REGION = "regions of AWS have no counterpart here";
  private static final String PROFILE =
      "profiles of AWS have no counterpart here; stores are configured where the coordinator runs";
  private static final String ROLE = "roles of AWS have no counterpart here";
  private static final String NETWORK = "networks of AWS have no counterpart here";
  private static final String CALL = "direct calls have no counterpart here";

  private static final List<String> LAMBDA_SILENT =
      List.of("runtime", "asynchronous", "deployment", "supervisor");

  private static final Map<String, String> LAMBDA =
      Map.ofEntries(
          Map.entry("boto_profile", PROFILE),
          Map.entry("region", REGION),
          Map.entry("invocation_type", CALL),
          Map.entry("log_type", CALL),
          Map.entry(
              "architectures",
              "the processor is the provider's here: the image must be one for it"),
          Map.entry("layers", "Lambda layers have no counterpart here"),
          Map.entry("vpc", NETWORK),
          Map.entry("file_system", "mounted file systems have no counterpart here"),
          Map.entry(
              "run_script", "scripts of a single call have no counterpart here; use init_script"),
          Map.entry(
              "environment",
              "the Lambda's own environment has no counterpart here;"
                  + " the script's is container.environment"),
          Map.entry("preheat", "calls without an input have no counterpart here"));

  private static final Map<String, String> BATCH =
      Map.of(
          "boto_profile",
          PROFILE,
          "region",
          REGION,
          "state",
          "a function of Batch that is off has no counterpart here; take it out",
          "type",
          "computers of one's own are providers here",
          "service_role",
          ROLE,
          "environment",
          "Batch's own environment has no counterpart here");

  private static final Map<String, String> ENTRY =
      Map.of(
          "api_gateway", "HTTP calls of a function have no counterpart here",
          "iam", ROLE,
          "cloudwatch", "logs are kept by the coordinator here",
          "ecr", "registries are the provider's here",
          "s3", "stores are configured where the coordinator runs");

  /** Values, in lower case, that ask for what SCAR takes or Millrace does anyway. */
  private static final Map<String, Set<String>> USUAL =
      Map.ofEntries(
          Map.entry("boto_profile", Set.of("default")),
          Map.entry("profile", Set.of("default")),
          Map.entry("region", Set.of("us-east-1")),
          Map.entry("invocation_type", Set.of("requestresponse", "event")),
          Map.entry("log_type", Set.of("tail", "none")),
          Map.entry("architectures", Set.of("x86_64")),
          Map.entry("state", Set.of("enabled")),
          Map.entry("type", Set.of("managed")));

  /** The same within {@code compute_resources}. */
  private static final Map<String, Set<String>> USUAL_COMPUTERS =
      Map.of(
          "type", Set.of("ec2"),
          "desired_v_cpus", Set.of("0"),
          "min_v_cpus", Set.of("0"),
          "max_v_cpus", Set.of("2"),
          "instance_types", Set.of("m3.medium"),
          "launch_template_name", Set.of("faas-supervisor"));

  private AwsKeys() {}

  static void warnOfEntry(Section s) {
    warn(s, ENTRY);
  }

  static void warnOfLambda(Section s) {
    LAMBDA_SILENT.forEach(s::field);
    warn(s, LAMBDA);
  }

  static void warnOfBatch(Section s) {
    warn(s, BATCH);
    s.field("compute_resources")
        .filter(Field::isMap)
        .flatMap(Field::section)
        .ifPresent(computers -> warnOfComputers(s, computers));
    s.field("multi_node_parallel")
        .flatMap(Field::section)
        .flatMap(m -> m.field("enabled"))
        .flatMap(Field::flag)
        .filter(on -> on)
        .ifPresent(on ->
            s.warn(
                "multi_node_parallel",
                Finding.of("not honoured: runs on several nodes have no counterpart here")));
  }

  /** One warning that names all keys: they say together what a fleet is made of. */
  private static void warnOfComputers(Section batch, Section computers) {
    Set<String> named = new TreeSet<>();
    for (String key : computers.keys()) {
      Field field = computers.present(key);
      if (!field.isEmpty() && !isOneOf(field, USUAL_COMPUTERS.getOrDefault(key, Set.of()))) {
        named.add(Finding.printable(key));
      }
    }
    if (!named.isEmpty()) {
      String what = "not honoured (" + String.join(", ", named) + "): ";
      String why = "computers are the provider's here; memory, vcpus and enable_gpu are taken";
      batch.warn("compute_resources", Finding.of(what + why));
    }
  }

  /** Warns of each of these keys that is there and asks for something. */
  static void warn(Section s, Map<String, String> reasons) {
    for (String key : reasons.keySet().stream().sorted().toList()) {
      boolean asks =
          s.field(key)
              .filter(f -> !f.isEmpty() && !f.isOff())
              .filter(f -> !isOneOf(f, USUAL.getOrDefault(key, Set.of())))
              .isPresent();
      if (asks) {
        s.warn(key, Finding.of("not honoured: " + reasons.get(key)));
      }
    }
  }

  /** Whether a text, or every text of a list, is one of these. */
  private static boolean isOneOf(Field field, Set<String> words) {
    if (field.isText()) {
      String text = field.text().orElse("");
      return words.contains(text.strip().toLowerCase(Locale.ROOT));
    }
    return !field.isMap() && field.items().stream().allMatch(f -> f.isText() && isOneOf(f, words));
  }
}
